using Avro;
using Avro.IO;
using Avro.Specific;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Streams.Core.Errors;
using Streams.Schemas;
using Streams.Schemas.Serdes;

namespace Streams.Schemas.Tests;

public sealed class AvroTopicTests
{
    private static readonly InvalidationEvent Event = new()
    {
        target = "product:42", kind = TargetKind.KEY, rule = "product", strategy = Strategy.UNLINK, entity = "public.product",
        primaryKey = new Dictionary<string, string> { ["id"] = "42" }, parameters = new Dictionary<string, string>(), op = Operation.UPDATE,
        xid = 4_000_000_000, commitLsn = null, commitTime = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc).AddTicks(10), sourceTopic = "shop.public.product",
        sourcePartition = 3, sourceOffset = 17, traceparent = "00-x", payload = [1, 2],
    };

    [Fact]
    public async Task Given_an_event_When_written_and_read_Then_nothing_changes_and_the_frame_names_the_schema()
    {
        using var registry = new OneSchemaRegistry();
        var topic = new AvroTopic<InvalidationKey, InvalidationEvent>("streams.invalidations", registry);

        var bytes = await topic.WriteValueAsync(Event);
        var read = await topic.ReadValueAsync(bytes, null);

        Assert.Equal([0, 0, 0, 0, 7], bytes[..5]);
        Assert.Equal(Event.target, read.target);
        Assert.Equal(Event.kind, read.kind);
        Assert.Equal(Event.xid, read.xid);
        Assert.Null(read.commitLsn);
        Assert.Equal(Event.commitTime, read.commitTime);
        Assert.Equal(Event.primaryKey, read.primaryKey);
        Assert.Equal(Event.payload, read.payload);
        Assert.Equal("streams.invalidations-value", registry.Subject);
    }

    [Fact]
    public async Task Given_the_GUID_forms_When_read_Then_header_and_prefix_are_understood()
    {
        using var registry = new OneSchemaRegistry();
        var topic = new AvroTopic<InvalidationKey, InvalidationEvent>("streams.invalidations", registry);
        var bare = (await topic.WriteValueAsync(Event))[5..];
        byte[] frame = [1, .. OneSchemaRegistry.Guid.ToByteArray(bigEndian: true)];

        var fromHeader = await topic.ReadValueAsync(bare, new Headers { { "__value_schema_id", frame } });
        var fromPrefix = await topic.ReadValueAsync((byte[])[.. frame, .. bare], null);

        Assert.Equal("product:42", fromHeader.target);
        Assert.Equal("product:42", fromPrefix.target);
    }

    [Fact]
    public async Task Given_bytes_cut_anywhere_When_read_Then_the_error_is_poison_and_never_another()
    {
        using var registry = new OneSchemaRegistry();
        var topic = new AvroTopic<InvalidationKey, InvalidationEvent>("streams.invalidations", registry);
        var bytes = await topic.WriteValueAsync(Event);

        for (var length = 0; length < bytes.Length; length++)
        {
            var error = await Assert.ThrowsAsync<StreamsException>(() => topic.ReadValueAsync(bytes.AsMemory(0, length), null));
            Assert.Equal(SchemaErrors.Undecodable, error.Error);
        }
    }

    [Fact]
    public async Task Given_random_bytes_When_read_Then_nothing_but_poison_or_a_value_comes_out()
    {
        const int seed = 20261121;
        var random = new Random(seed);
        using var registry = new OneSchemaRegistry();
        var topic = new AvroTopic<InvalidationKey, InvalidationEvent>("streams.invalidations", registry);
        var bytes = await topic.WriteValueAsync(Event);

        for (var round = 0; round < 2_000; round++)
        {
            var mutated = (byte[])bytes.Clone();
            for (var flips = random.Next(1, 6); flips > 0; flips--)
            {
                mutated[random.Next(5, mutated.Length)] = (byte)random.Next(256);
            }

            try
            {
                await topic.ReadValueAsync(mutated, null);
            }
            catch (StreamsException exception)
            {
                Assert.Equal(ErrorKind.Poison, exception.Error.Kind);
            }
        }
    }

    [Theory]
    [InlineData("\"int\"", "\"long\"", true)]
    [InlineData("\"long\"", "\"int\"", false)]
    [InlineData("[\"null\",\"int\"]", "\"int\"", false)]
    [InlineData("\"int\"", "[\"null\",\"int\"]", true)]
    public void Given_two_schemas_When_compared_Then_promotion_goes_one_way(string writer, string reader, bool expected) =>
        Assert.Equal(expected, Avro.Schema.Parse(reader).CanRead(Avro.Schema.Parse(writer)));

    /// <summary>Examples of the Avro specification: zigzag and string encoding.</summary>
    [Theory]
    [InlineData(0, "00")]
    [InlineData(-1, "01")]
    [InlineData(1, "02")]
    [InlineData(-64, "7F")]
    [InlineData(64, "8001")]
    [InlineData(long.MinValue, "FFFFFFFFFFFFFFFFFF01")]
    public void Given_a_long_When_encoded_Then_the_bytes_are_those_of_the_specification(long value, string expected)
    {
        using var stream = new MemoryStream();
        new BinaryEncoder(stream).WriteLong(value);
        Assert.Equal(expected, Convert.ToHexString(stream.ToArray()));
        stream.Position = 0;
        Assert.Equal(value, new BinaryDecoder(stream).ReadLong());
    }

    /// <summary>Knows one schema: the event's, as id 7.</summary>
    private sealed class OneSchemaRegistry : ISchemaRegistryClient
    {
        public static readonly Guid Guid = new("11223344-5566-7788-99aa-bbccddeeff00");

        public string Subject { get; private set; } = "";

        public int MaxCachedSchemas => 1;

        private static Confluent.SchemaRegistry.Schema Text => new(((ISpecificRecord)Event).Schema.ToString(), SchemaType.Avro);

        public Task<int> RegisterSchemaAsync(string subject, Confluent.SchemaRegistry.Schema schema, bool normalize = false)
        {
            Subject = subject;
            return Task.FromResult(7);
        }

        public Task<Confluent.SchemaRegistry.Schema> GetSchemaAsync(int id, string? format = null) => id == 7 ? Task.FromResult(Text) : throw NotFound();

        public Task<Confluent.SchemaRegistry.Schema> GetSchemaByGuidAsync(string guid, string? format = null) => System.Guid.Parse(guid) == Guid ? Task.FromResult(Text) : throw NotFound();

        public Task<int> GetSchemaIdAsync(string subject, Confluent.SchemaRegistry.Schema schema, bool normalize = false) => throw NotFound();

        public Task<RegisteredSchema> GetLatestSchemaAsync(string subject) => throw NotFound();

        public Task<RegisteredSchema> GetRegisteredSchemaAsync(string subject, int version, bool ignoreDeletedSchemas = true) => throw NotFound();

        public Task<List<string>> GetAllSubjectsAsync() => throw NotFound();

        public Task<List<int>> GetSubjectVersionsAsync(string subject) => throw NotFound();

        public Task<bool> IsCompatibleAsync(string subject, Confluent.SchemaRegistry.Schema schema) => throw NotFound();

        public Task<Compatibility> UpdateCompatibilityAsync(Compatibility compatibility, string? subject = null) => throw NotFound();

        public void Dispose()
        {
        }

        private static SchemaRegistryException NotFound() => new("not found", System.Net.HttpStatusCode.NotFound, 40403);
    }
}
