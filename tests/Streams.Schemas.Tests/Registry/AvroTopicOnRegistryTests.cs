using Confluent.Kafka;
using Streams.Core.Errors;
using Streams.Schemas.Serdes;

namespace Streams.Schemas.Tests.Registry;

/// <summary>Writers and readers that share nothing but the registry.</summary>
public sealed class AvroTopicOnRegistryTests
{
    private static readonly InvalidationKey Key = new() { target = "product:42" };

    [Fact]
    public async Task Given_a_writer_and_a_reader_When_a_key_goes_over_Then_id_and_GUID_lead_to_its_schema()
    {
        await using var registry = await RegistryHarness.StartAsync(new InMemoryLog());
        var writer = Topic(registry);
        var bytes = await writer.WriteKeyAsync(Key);

        var guid = Guid.Parse((await registry.SendAsync("GET", "/schemas/ids/1")).Body.GetProperty("guid").GetString()!);
        byte[] frame = [1, .. guid.ToByteArray(bigEndian: true)];

        Assert.Equal([0, 0, 0, 0, 1], bytes[..5]);
        Assert.Equal("product:42", (await Topic(registry).ReadKeyAsync(bytes, null)).target);
        Assert.Equal("product:42", (await Topic(registry).ReadKeyAsync(bytes[5..], new Headers { { "__key_schema_id", frame } })).target);
    }

    [Fact]
    public async Task Given_schemas_that_are_known_When_the_registry_goes_Then_records_are_written_and_read_as_before()
    {
        var registry = await RegistryHarness.StartAsync(new InMemoryLog());
        var topic = Topic(registry);
        await topic.RegisterAsync();
        await topic.ReadKeyAsync(await topic.WriteKeyAsync(Key), null);
        await registry.DisposeAsync();

        Assert.Equal("product:42", (await topic.ReadKeyAsync(await topic.WriteKeyAsync(Key), null)).target);
    }

    [Fact]
    public async Task Given_a_subject_that_refuses_When_registered_Then_it_is_permanent_and_an_unknown_id_is_poison()
    {
        await using var registry = await RegistryHarness.StartAsync(new InMemoryLog());
        await registry.RegisterAsync("t-key", "\"long\"");

        var refused = await Assert.ThrowsAsync<StreamsException>(Topic(registry).RegisterAsync);
        var unknown = await Assert.ThrowsAsync<StreamsException>(() => Topic(registry).ReadKeyAsync(new byte[] { 0, 0, 0, 0, 99, 0 }, null));

        Assert.Equal((SchemaErrors.SchemaRefused, ErrorKind.Permanent), (refused.Error, refused.Error.Kind));
        Assert.Equal((SchemaErrors.Undecodable, ErrorKind.Poison), (unknown.Error, unknown.Error.Kind));
    }

    private static AvroTopic<InvalidationKey, InvalidationEvent> Topic(RegistryHarness registry) => new("t", Registries.Connect(registry.Url));
}
