using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Streams.Core.Errors;
using Streams.Core.Rules;
using Streams.Debezium;
using Streams.Processors.Tests.Normalization;

namespace Streams.Processors.Tests.Envelopes;

public sealed class JsonEnvelopeTests
{
    [Fact]
    public void Given_an_envelope_When_it_is_decoded_Then_its_source_is_known()
    {
        var change = Decode(Changes.Envelope("u", Changes.Row(1), Changes.Row(1)));

        Assert.Equal(ChangeOperation.Update, change.Operation);
        Assert.Equal("public.product", change.Source.Entity);
        Assert.Equal(1u, change.Source.TransactionId);
        Assert.Equal(24023128, change.Source.Lsn);
        Assert.Equal(1700000000123456, change.Source.CommitTimeMicros);
    }

    [Fact]
    public void Given_an_embedded_schema_When_it_is_decoded_Then_the_payload_counts()
    {
        var change = Decode($$"""{"schema":{"type":"struct","fields":[]},"payload":{{Changes.Envelope("c", null, Changes.Row(9))}}}""");

        Assert.Equal("9", change.After!.Text(new ColumnDescription("id", "int8", null)));
    }

    [Theory]
    [InlineData("c", "true")]
    [InlineData("u", "true")]
    [InlineData("c", "incremental")]
    public void Given_a_streamed_change_of_a_connector_that_died_in_a_snapshot_When_it_is_decoded_Then_it_is_no_row_of_a_snapshot(string op, string snapshot)
    {
        var change = Decode(Changes.Envelope(op, null, Changes.Row(1), snapshot: snapshot));

        Assert.False(change.Source.IsSnapshot || change.Source.IsIncremental);
        Assert.Equal(1u, change.Source.TransactionId);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("last")]
    [InlineData("incremental")]
    public void Given_a_snapshot_row_When_it_is_decoded_Then_it_has_no_transaction(string snapshot)
    {
        var change = Decode(Changes.Envelope("r", null, Changes.Row(1), snapshot: snapshot));

        Assert.Null(change.Source.TransactionId);
        Assert.True(change.Source.IsSnapshot);
    }

    [Theory]
    [InlineData("", "STR2001")]
    [InlineData("not json", "STR2001")]
    [InlineData("[]", "STR2001")]
    [InlineData("{\"op\":\"t\",\"source\":{\"schema\":\"a\",\"table\":\"b\",\"ts_ms\":1}}}", "STR2001")]
    [InlineData("{\"op\":\"t\",\"source\":{\"schema\":\"a\",\"table\":\"b\",\"ts_ms\":1}", "STR2001")]
    [InlineData("{}", "STR2001")]
    [InlineData("{\"op\":\"x\",\"source\":{\"schema\":\"a\",\"table\":\"b\",\"ts_ms\":1}}", "STR2001")]
    [InlineData("{\"op\":\"c\",\"source\":7}", "STR2001")]
    [InlineData("{\"op\":7,\"source\":{\"schema\":\"a\",\"table\":\"b\",\"ts_ms\":1}}", "STR2001")]
    [InlineData("{\"op\":\"c\",\"source\":{\"schema\":\"a\",\"table\":\"b\",\"ts_ms\":1e99},\"after\":{}}", "STR2001")]
    [InlineData("{\"op\":\"c\",\"source\":{\"schema\":\"a\",\"table\":\"b\",\"ts_ms\":1}}", "STR2002")]
    [InlineData("{\"op\":\"d\",\"source\":{\"schema\":\"a\",\"table\":\"b\",\"ts_ms\":1},\"before\":null}", "STR2002")]
    public void Given_what_is_no_envelope_When_it_is_decoded_Then_it_is_poison(string text, string code) =>
        Assert.Equal(code, Assert.Throws<StreamsException>(() => Decode(text)).Error.Code);

    [Theory]
    [InlineData(new byte[] { (byte)'"', 0x80, (byte)'"' })]
    [InlineData(new byte[] { (byte)'"', 0xC3, 0x28, (byte)'"' })]
    [InlineData(new byte[] { (byte)'"', (byte)'\\', (byte)'u', (byte)'d', (byte)'8', (byte)'0', (byte)'0', (byte)'"' })]
    public void Given_a_column_whose_name_is_no_text_When_its_record_is_decoded_Then_it_is_poison(byte[] name)
    {
        var text = Changes.Envelope("c", null, """{"id":1,"NAME":2}""");
        var at = text.IndexOf("\"NAME\"", StringComparison.Ordinal);
        byte[] bytes = [.. Encoding.UTF8.GetBytes(text[..at]), .. name, .. Encoding.UTF8.GetBytes(text[(at + 6)..])];

        Assert.Equal("STR2001", Assert.Throws<StreamsException>(() => JsonEnvelope.Decode(bytes)).Error.Code);
    }

    [Fact]
    public void Any_bytes_are_an_envelope_or_poison_Meets_Specification()
    {
        var envelope = Encoding.UTF8.GetBytes(Changes.Envelope("u", Changes.Row(1), Changes.Row(2)));
        Prop.ForAll(ArbMap.Default.ArbFor<(int At, byte Value)[]>(), edits =>
        {
            var bytes = envelope.ToArray();
            foreach (var (at, value) in edits)
            {
                bytes[(int)((uint)at % bytes.Length)] = value;
            }

            try
            {
                Changes.Normalizer.Normalize(JsonEnvelope.Decode(bytes));
            }
            catch (StreamsException exception) when (exception.Error.Kind == ErrorKind.Poison)
            {
                return true;
            }

            return true;
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("naïve")]
    [InlineData("a\"b")]
    [InlineData("back\\slash")]
    [InlineData("日本")]
    public void Given_a_column_whose_name_is_not_plain_When_it_is_read_Then_it_is_found(string name)
    {
        var text = System.Text.Json.JsonSerializer.Serialize(new Dictionary<string, int> { ["other"] = 1, [name] = 7 });
        var raw = $$"""{"other":1,"{{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}}":7}""";

        Assert.All([text, raw], row => Assert.Equal("7", Decode(Changes.Envelope("c", null, row)).After!.Text(new(name, "int4", null))));
    }

    // Each expected text was taken from `SELECT value::text` with TimeZone UTC.
    [Theory]
    [InlineData("int8", null, "9223372036854775807", "9223372036854775807")]
    [InlineData("int8", null, "-9223372036854775808", "-9223372036854775808")]
    [InlineData("bool", null, "true", "true")]
    [InlineData("text", null, "\"a\\u00e4\\n\"", "aä\n")]
    [InlineData("bpchar", null, "\"ab   \"", "ab")]
    [InlineData("varchar", null, "\"ab   \"", "ab   ")]
    [InlineData("uuid", null, "\"00000000-0000-0000-0000-00000000000a\"", "00000000-0000-0000-0000-00000000000a")]
    [InlineData("numeric", 2, "\"AMg=\"", "2.00")]
    [InlineData("numeric", 2, "\"/w==\"", "-0.01")]
    [InlineData("numeric", 0, "\"AA==\"", "0")]
    [InlineData("numeric", null, "{\"scale\":3,\"value\":\"BNI=\"}", "1.234")]
    [InlineData("date", null, "0", "1970-01-01")]
    [InlineData("date", null, "-1", "1969-12-31")]
    [InlineData("timestamp", null, "1700000000123456", "2023-11-14 22:13:20.123456")]
    [InlineData("timestamp", 3, "1700000000120", "2023-11-14 22:13:20.12")]
    [InlineData("timestamptz", null, "\"2023-11-14T22:13:20.500000Z\"", "2023-11-14 22:13:20.5+00")]
    [InlineData("timestamptz", null, "\"2023-11-14T22:13:20Z\"", "2023-11-14 22:13:20+00")]
    public void Given_a_value_of_each_type_When_its_text_is_taken_Then_it_is_as_Postgres_casts_it(string type, int? scale, string json, string text)
    {
        var row = Decode(Changes.Envelope("c", null, $$"""{"v":{{json}}}""")).After!;

        Assert.Equal(text, row.Text(new ColumnDescription("v", type, scale)));
    }

    [Theory]
    [InlineData("date", null, "2147483647")]
    [InlineData("timestamp", null, "9223372036825200000")]
    [InlineData("timestamp", 3, "9223372036854775807")]
    [InlineData("timestamptz", null, "\"infinity\"")]
    [InlineData("numeric", null, "\"AMg=\"")]
    [InlineData("numeric", 2, "\"no-base64\"")]
    [InlineData("numeric", null, "{\"scale\":-2000000000,\"value\":\"BNI=\"}")]
    [InlineData("text", null, "\"\\ud800\"")]
    public void Given_a_value_without_an_exact_text_When_it_is_taken_Then_it_is_poison(string type, int? scale, string json)
    {
        var row = Decode(Changes.Envelope("c", null, $$"""{"v":{{json}}}""")).After!;

        var exception = Assert.Throws<StreamsException>(() => row.Text(new ColumnDescription("v", type, scale)));
        Assert.Equal("STR2004", exception.Error.Code);
    }

    private static ChangeEvent Decode(string text) => JsonEnvelope.Decode(Encoding.UTF8.GetBytes(text));
}
