using System.Net;
using Streams.Core.Errors;
using Streams.Fixtures;
using Streams.Schemas.Serdes;

namespace Streams.Schemas.Tests.Registry;

/// <summary>What the log gives and takes: restarts, compaction, failures.</summary>
public sealed class RegistryLogTests
{
    private static string Record(int field) => $$"""{"type":"record","name":"R{{field}}","fields":[{"name":"f{{field}}","type":"int"}]}""";

    [Fact]
    public async Task Given_a_log_When_the_registry_starts_again_Then_all_is_as_before_and_ids_go_on_even_after_compaction()
    {
        var log = new InMemoryLog();
        await using (var first = await RegistryHarness.StartAsync(log))
        {
            Assert.Equal(1, await first.RegisterAsync("a", Record(1)));
            Assert.Equal(2, await first.RegisterAsync("b", Record(2)));
            await first.SendAsync("PUT", "/config/a", new { compatibility = "NONE" });
            await first.SendAsync("DELETE", "/subjects/b");
            await first.SendAsync("DELETE", "/subjects/b?permanent=true");
        }

        log.Compact();
        await using var second = await RegistryHarness.StartAsync(log);

        Assert.Equal("""["a"]""", (await second.SendAsync("GET", "/subjects")).Body.GetRawText());
        Assert.Equal("NONE", (await second.SendAsync("GET", "/config/a")).Body.GetProperty("compatibilityLevel").GetString());
        Assert.Equal(3, await second.RegisterAsync("c", Record(3)));
    }

    [Fact]
    public async Task Given_no_log_at_start_When_asked_Then_503_with_a_code_and_once_it_is_back_it_serves()
    {
        var log = new InMemoryLog { Down = true };
        await using var registry = await RegistryHarness.StartAsync(log, ready: false);

        await registry.RefusedAsync(503, 50001, "GET", "/subjects");
        await registry.RefusedAsync(503, 50001, "POST", "/subjects/a/versions", new { schema = Record(1) });
        var client = Registries.Connect(registry.Url);
        var topic = new AvroTopic<InvalidationKey, InvalidationEvent>("t", client);
        var error = await Assert.ThrowsAsync<StreamsException>(topic.RegisterAsync);
        Assert.Equal((SchemaErrors.RegistryUnreachable, ErrorKind.Transient), (error.Error, error.Error.Kind));

        log.Down = false;
        await registry.ReadyAsync();
        await topic.RegisterAsync();
        Assert.Equal(["t-key", "t-value"], await client.GetAllSubjectsAsync());
    }

    [Fact]
    public async Task Given_a_lost_acknowledgement_When_others_write_Then_no_id_stands_for_two_schemas()
    {
        var log = new InMemoryLog();
        await using var registry = await RegistryHarness.StartAsync(log);

        log.LosesAcknowledgements = true;
        await registry.RefusedAsync(503, 50002, "POST", "/subjects/a/versions", new { schema = Record(1) });
        log.LosesAcknowledgements = false;

        Assert.Equal(2, await registry.RegisterAsync("b", Record(2)));
        Assert.Equal(1, await registry.RegisterAsync("a", Record(1)));
    }

    [Fact]
    public async Task Given_records_of_another_writer_When_they_contradict_Then_it_says_so_and_serves_nothing()
    {
        var log = new InMemoryLog();
        await using var one = await RegistryHarness.StartAsync(log);
        await one.RegisterAsync("a", Record(1));
        await log.AppendAsync([(
            """{"keytype":"SCHEMA","subject":"b","version":1,"magic":1}"""u8.ToArray(),
            """{"subject":"b","version":1,"id":1,"schema":"\"int\"","deleted":false}"""u8.ToArray())]);

        await Eventually.Async(
            async () => (await one.SendAsync("GET", "/subjects")).Status == (int)HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(10), "a refusal");
        var (_, body) = await one.SendAsync("GET", "/subjects");
        Assert.StartsWith("STR6103", body.GetProperty("message").GetString());
    }

    [Fact]
    public async Task Given_a_log_that_Confluents_registry_wrote_When_read_Then_it_is_understood_and_garbage_is_passed_over()
    {
        var log = new InMemoryLog();
        await log.AppendAsync(
        [
            ("""{"keytype":"NOOP","magic":0}"""u8.ToArray(), null),
            ("not json"u8.ToArray(), "x"u8.ToArray()),
            ("""{"keytype":"SCHEMA","subject":"s","version":1,"magic":1}"""u8.ToArray(),
             """{"subject":"s","version":1,"id":3,"md5":"x","schema":"\"int\"","deleted":false}"""u8.ToArray()),
            ("""{"keytype":"SCHEMA","subject":"t","version":1,"magic":1}"""u8.ToArray(),
             """{"subject":"t","version":1,"id":3,"schema":"\"int\"","deleted":false}"""u8.ToArray()),
            ("""{"keytype":"DELETE_SUBJECT","subject":"t","magic":0}"""u8.ToArray(), """{"subject":"t","version":1}"""u8.ToArray()),
            ("""{"keytype":"CONFIG","subject":null,"magic":0}"""u8.ToArray(), """{"compatibilityLevel":"FULL"}"""u8.ToArray()),
        ]);
        await using var registry = await RegistryHarness.StartAsync(log);

        Assert.Equal("""["s"]""", (await registry.SendAsync("GET", "/subjects")).Body.GetRawText());
        Assert.Equal("FULL", (await registry.SendAsync("GET", "/config")).Body.GetProperty("compatibilityLevel").GetString());
        Assert.Equal(4, await registry.RegisterAsync("u", Record(1)));
    }
}
