using Confluent.Kafka;
using Streamiz.Kafka.Net.SerDes;
using Streams.Core.Rules;
using Streams.Core.Values;
using Streams.Debezium;

namespace Streams.Bench.Peer;

/// <summary>A value of a few whole numbers.</summary>
internal interface IWords<T>
    where T : class, IWords<T>
{
    /// <value>How many they are, of eight bytes each.</value>
    static abstract int Words { get; }

    static abstract T Read(ReadOnlySpan<byte> words);

    void Write(Span<byte> words);
}

/// <summary>Whole numbers one after the other, the smallest and fastest form there is; null is null.</summary>
internal sealed class WordsSerDes<T> : AbstractSerDes<T>
    where T : class, IWords<T>
{
    // Declared as never null, and null all the same for what is not there.
    public override T Deserialize(byte[]? data, SerializationContext context) => data is null ? null! : T.Read(data);

    public override byte[]? Serialize(T? data, SerializationContext context)
    {
        if (data is null)
        {
            return null;
        }

        var words = new byte[T.Words * sizeof(long)];
        data.Write(words);
        return words;
    }
}

/// <summary>Rows of the raw topic, by the product's own decoder. A deleted row is null, as is its tombstone.</summary>
internal sealed class RawRowSerDes : AbstractSerDes<PeerRow>
{
    private const long WindowMicros = 60_000_000;
    private static readonly ColumnDescription Store = new("store_id", "int8", null);
    private static readonly ColumnDescription Created = new("created_at", "timestamptz", null);
    private static readonly ColumnDescription Quantity = new("quantity", "int4", null);

    public override PeerRow Deserialize(byte[]? data, SerializationContext context) =>
        data is not null && JsonEnvelope.Decode(data, DecimalEncoding.Text).After is { } row
            ? new PeerRow(
                row.Value(Store, SqlType.BigInt).Number,
                row.Value(Created, SqlType.TimestampTz).Micros / WindowMicros * 60,
                row.Value(Quantity, SqlType.BigInt).Number)
            : null!;

    public override byte[] Serialize(PeerRow data, SerializationContext context) => throw new NotSupportedException("The raw topic is only read.");
}
