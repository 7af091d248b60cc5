using System.Numerics;
using Avro;
using Avro.Generic;
using Streams.Core.Errors;
using Streams.Core.Rules;
using Streams.Debezium;
using Streams.Processors.Tests.Normalization;

namespace Streams.Processors.Tests.Envelopes;

/// <summary>The envelope as Connect's AvroConverter writes it.</summary>
public sealed class AvroEnvelopeTests
{
    private static readonly RecordSchema Envelope = (RecordSchema)Schema.Parse("""
        {"type":"record","name":"Envelope","namespace":"shop.public.product","fields":[
          {"name":"before","default":null,"type":["null",{"type":"record","name":"Value","fields":[
            {"name":"id","type":"long"},{"name":"name","type":["null","string"],"default":null},
            {"name":"price","type":["null",{"type":"bytes","scale":2,"precision":12,"logicalType":"decimal","connect.name":"org.apache.kafka.connect.data.Decimal"}],"default":null},
            {"name":"category_id","type":["null","long"],"default":null},{"name":"popularity","type":["null","int"],"default":null},
            {"name":"any","type":["null",{"type":"record","name":"VariableScaleDecimal","namespace":"io.debezium.data","fields":[{"name":"scale","type":"int"},{"name":"value","type":"bytes"}]}],"default":null}]}]},
          {"name":"after","default":null,"type":["null","Value"]},
          {"name":"source","type":{"type":"record","name":"Source","namespace":"io.debezium.connector.postgresql","fields":[
            {"name":"schema","type":"string"},{"name":"table","type":"string"},{"name":"ts_ms","type":"long"},{"name":"ts_us","type":["null","long"],"default":null},
            {"name":"snapshot","type":["null","string"],"default":"false"},{"name":"txId","type":["null","long"],"default":null},{"name":"lsn","type":["null","long"],"default":null}]}},
          {"name":"op","type":"string"}]}
        """);

    private static readonly RecordSchema Value = (RecordSchema)((UnionSchema)Envelope["after"]!.Schema)[1];

    [Fact]
    public void Given_an_Avro_envelope_When_it_is_normalized_Then_its_targets_are_those_of_the_JSON_one()
    {
        var change = AvroEnvelope.Read(Of("u", Row(7, 3), Row(7, 4)));

        Assert.Equal(["product:7", "products:category:3:*", "products:category:4:*"], Changes.Normalizer.Normalize(change).Select(draft => draft.Target));
        Assert.Equal(1u, change.Source.TransactionId);
        Assert.Equal(1700000000123456, change.Source.CommitTimeMicros);
    }

    [Fact]
    public void Given_Avro_values_When_their_text_is_taken_Then_it_is_as_Postgres_casts_them()
    {
        var row = AvroEnvelope.Read(Of("c", null, Row(7, 4))).After!;

        Assert.Equal("2.00", row.Text(new ColumnDescription("price", "numeric", 2)));
        Assert.Equal("1.234", row.Text(new ColumnDescription("any", "numeric", null)));
        Assert.Null(row.Text(new ColumnDescription("popularity", "int4", null)));
        Assert.Equal("STR2003", Assert.Throws<StreamsException>(() => row.Text(new ColumnDescription("nowhere", "text", null))).Error.Code);
    }

    [Fact]
    public void Given_an_update_of_no_listed_column_When_rows_are_compared_Then_it_is_skipped()
    {
        var change = AvroEnvelope.Read(Of("u", Row(7, 4), Row(7, 4, name: IRowImage.Placeholder)));

        Assert.Equal(["products:category:4:*"], Changes.Normalizer.Normalize(change).Select(draft => draft.Target));
    }

    [Fact]
    public void Given_an_envelope_without_its_row_When_it_is_read_Then_it_is_poison() =>
        Assert.Equal("STR2002", Assert.Throws<StreamsException>(() => AvroEnvelope.Read(Of("c", null, null))).Error.Code);

    [Theory]
    [InlineData("r", "incremental", true)]
    [InlineData("r", "true", true)]
    [InlineData("c", "true", false)]
    [InlineData("c", "incremental", false)]
    public void Given_any_flag_of_the_source_When_it_is_read_Then_op_alone_says_whether_a_snapshot_read_the_row(string op, string snapshot, bool isSnapshot)
    {
        var source = AvroEnvelope.Read(Of(op, null, Row(7, 4), snapshot)).Source;

        Assert.Equal((isSnapshot, isSnapshot && snapshot == "incremental"), (source.IsSnapshot, source.IsIncremental));
        Assert.Equal(isSnapshot ? null : 1u, source.TransactionId);
    }

    private static GenericRecord Of(string op, GenericRecord? before, GenericRecord? after, string snapshot = "false")
    {
        var source = new GenericRecord((RecordSchema)Envelope["source"]!.Schema);
        foreach (var (name, value) in new (string, object?)[]
            { ("schema", "public"), ("table", "product"), ("ts_ms", 1700000000123), ("ts_us", 1700000000123456), ("snapshot", snapshot), ("txId", 4294967297L), ("lsn", 5L) })
        {
            source.Add(name, value);
        }

        var envelope = new GenericRecord(Envelope);
        envelope.Add("before", before);
        envelope.Add("after", after);
        envelope.Add("source", source);
        envelope.Add("op", op);
        return envelope;
    }

    private static GenericRecord Row(long id, long category, string name = "x")
    {
        var any = new GenericRecord((RecordSchema)((UnionSchema)Value["any"]!.Schema)[1]);
        any.Add("scale", 3);
        any.Add("value", new byte[] { 4, 0xD2 });
        var row = new GenericRecord(Value);
        row.Add("id", id);
        row.Add("name", name);
        row.Add("price", new AvroDecimal(new BigInteger(200), 2));
        row.Add("category_id", category);
        row.Add("popularity", null);
        row.Add("any", any);
        return row;
    }
}
