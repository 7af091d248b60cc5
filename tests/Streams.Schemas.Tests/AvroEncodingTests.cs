using System.Numerics;
using Avro;
using Avro.Generic;
using Avro.IO;

namespace Streams.Schemas.Tests;

/// <summary>Examples of the Avro specification as bytes, resolution, and round trips. They hold the package and its stand-in to the same.</summary>
public sealed class AvroEncodingTests
{
    private const int Seed = 20261122;

    public static TheoryData<string, object?, string> Golden => new()
    {
        { "\"null\"", null, "" },
        { "\"boolean\"", true, "01" },
        { "\"string\"", "foo", "06666F6F" },
        { "\"bytes\"", new byte[] { 0xFF }, "02FF" },
        { "\"float\"", 1.5f, "0000C03F" },
        { "\"double\"", -2.0, "00000000000000C0" },
        { """["null","string"]""", null, "00" },
        { """["null","string"]""", "a", "020261" },
        { """{"type":"array","items":"long"}""", new List<object> { 3L, 27L }, "04063600" },
        { """{"type":"map","values":"int"}""", new Dictionary<string, object> { ["k"] = -3 }, "02026B0500" },
        { """{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}""", new AvroDecimal(new BigInteger(-12345), 2), "04CFC7" },
        { """{"type":"int","logicalType":"date"}""", new DateTime(1970, 1, 3, 0, 0, 0, DateTimeKind.Utc), "04" },
        { """{"type":"long","logicalType":"timestamp-micros"}""", new DateTime(1969, 12, 31, 23, 59, 59, DateTimeKind.Utc), "FF887A" },
    };

    [Theory]
    [MemberData(nameof(Golden))]
    public void Given_a_value_When_encoded_Then_the_bytes_are_those_of_the_specification_and_give_it_back(string schema, object? value, string expected)
    {
        var parsed = Schema.Parse(schema);

        var bytes = Write(parsed, value);

        Assert.Equal(expected, Convert.ToHexString(bytes));
        Assert.Equal(value, Read(parsed, parsed, bytes));
    }

    [Fact]
    public void Given_the_specifications_record_When_encoded_Then_its_fields_follow_each_other()
    {
        var schema = (RecordSchema)Schema.Parse("""{"type":"record","name":"test","fields":[{"name":"a","type":"long"},{"name":"b","type":"string"}]}""");
        var record = new GenericRecord(schema);
        record.Add("a", 27L);
        record.Add("b", "foo");

        Assert.Equal("3606666F6F", Convert.ToHexString(Write(schema, record)));
    }

    [Fact]
    public void Given_a_newer_reader_When_old_bytes_are_read_Then_fields_are_matched_promoted_skipped_and_defaulted()
    {
        var writer = (RecordSchema)Schema.Parse(
            """{"type":"record","name":"R","fields":[{"name":"gone","type":{"type":"array","items":"string"}},{"name":"n","type":"int"},{"name":"old","type":"string"}]}""");
        var reader = Schema.Parse(
            """{"type":"record","name":"R","fields":[{"name":"added","type":["null","string"],"default":null},{"name":"new","type":"string","aliases":["old"]},{"name":"n","type":"double"},{"name":"m","type":{"type":"map","values":"int"},"default":{"x":1}}]}""");
        var record = new GenericRecord(writer);
        record.Add("gone", new List<object> { "a", "b" });
        record.Add("n", 7);
        record.Add("old", "kept");

        var read = (GenericRecord)Read(writer, reader, Write(writer, record))!;

        Assert.Null(read["added"]);
        Assert.Equal("kept", read["new"]);
        Assert.Equal(7.0, read["n"]);
        Assert.Equal(1, ((IDictionary<string, object>)read["m"]!)["x"]);
    }

    [Fact]
    public void Given_random_numbers_and_texts_When_written_and_read_Then_RoundTrips()
    {
        var random = new Random(Seed);
        var schema = Schema.Parse("""{"type":"array","items":["null","long","double","string","bytes",{"type":"array","items":"boolean"}]}""");
        for (var round = 0; round < 300; round++)
        {
            var values = Enumerable.Range(0, random.Next(20)).Select(_ => Value(random)).ToList();
            Assert.True(values.SequenceEqual((IEnumerable<object?>)Read(schema, schema, Write(schema, values))!, Same.Instance), $"seed {Seed}, round {round}");
        }
    }

    [Theory]
    [InlineData("\"bytes\"", "FEFFFFFF0F")]
    [InlineData("\"string\"", "01")]
    [InlineData("\"long\"", "FFFFFFFFFFFFFFFFFFFF7F")]
    [InlineData("""{"type":"array","items":"int"}""", "FEFFFFFFFFFFFFFFFF01")]
    [InlineData("""{"type":"map","values":"bytes"}""", "02FFFFFFFFFFFFFFFFFF01")]
    [InlineData("""["null","int"]""", "04")]
    [InlineData("""{"type":"enum","name":"E","symbols":["A"]}""", "02")]
    public void Given_lengths_beyond_the_data_When_read_Then_it_is_refused_before_memory_is_taken(string schema, string bytes)
    {
        var parsed = Schema.Parse(schema);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.ThrowsAny<Exception>(() => Read(parsed, parsed, Convert.FromHexString(bytes)));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4_000_000);
    }

    [Fact]
    public void Given_a_value_that_contains_itself_without_end_When_read_Then_it_is_refused_and_the_stack_stands()
    {
        var schema = Schema.Parse("""{"type":"record","name":"L","fields":[{"name":"next","type":["null","L"]}]}""");
        Assert.Throws<AvroException>(() => Read(schema, schema, Enumerable.Repeat((byte)2, 100_000).ToArray()));
    }

    private static object? Value(Random random) => random.Next(6) switch
    {
        0 => null,
        1 => random.NextInt64(long.MinValue, long.MaxValue),
        2 => BitConverter.Int64BitsToDouble(random.NextInt64()),
        3 => new string([.. Enumerable.Range(0, random.Next(30)).Select(_ => (char)random.Next(1, 0xD800))]),
        4 => Enumerable.Range(0, random.Next(30)).Select(_ => (byte)random.Next(256)).ToArray(),
        _ => Enumerable.Range(0, random.Next(5)).Select(_ => (object?)(random.Next(2) == 0)).ToList(),
    };

    private static byte[] Write(Schema schema, object? value)
    {
        using var stream = new MemoryStream();
        new GenericDatumWriter<object?>(schema).Write(value, new BinaryEncoder(stream));
        return stream.ToArray();
    }

    private static object? Read(Schema writer, Schema reader, byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        return new GenericDatumReader<object?>(writer, reader).Read(null, new BinaryDecoder(stream));
    }

    private sealed class Same : IEqualityComparer<object?>
    {
        public static Same Instance { get; } = new();

        public new bool Equals(object? x, object? y) => (x, y) switch
        {
            (byte[] a, byte[] b) => a.SequenceEqual(b),
            (System.Collections.IList a, System.Collections.IList b) => a.Cast<object?>().SequenceEqual(b.Cast<object?>()),
            _ => object.Equals(x, y),
        };

        public int GetHashCode(object? value) => 0;
    }
}
