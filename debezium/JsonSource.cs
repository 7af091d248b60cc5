using System.Text.Json;

namespace Streams.Debezium;

/// <summary>The envelope's <c>source</c> block.</summary>
internal static class JsonSource
{
    /// <summary>Reads the object that the reader stands at, to its end; whether it is of a snapshot is not known from it (<see cref="EnvelopeRules.Source"/>).</summary>
    public static ChangeSource Read(ref Utf8JsonReader reader)
    {
        var block = new Block();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new FormatException("source is no object.");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            Field(ref reader, ref block);
        }

        return new ChangeSource(
            block.Schema ?? throw new KeyNotFoundException("source has no schema."),
            block.Table ?? throw new KeyNotFoundException("source has no table."),
            block.TransactionId is { } xid ? unchecked((uint)xid) : null,
            block.Lsn,
            block.Micros ?? (block.Millis ?? throw new KeyNotFoundException("source has no ts_ms.")) * 1000,
            IsSnapshot: false)
        {
            LastCommit = EnvelopeRules.LastCommit(block.Sequence),
            IsIncremental = block.IsIncremental,
        };
    }

    private static void Field(ref Utf8JsonReader reader, ref Block block)
    {
        if (reader.ValueTextEquals("schema"u8))
        {
            block.Schema = Text(ref reader);
        }
        else if (reader.ValueTextEquals("table"u8))
        {
            block.Table = Text(ref reader);
        }
        else if (reader.ValueTextEquals("txId"u8))
        {
            block.TransactionId = Number(ref reader);
        }
        else if (reader.ValueTextEquals("lsn"u8))
        {
            block.Lsn = Number(ref reader);
        }
        else if (reader.ValueTextEquals("ts_us"u8))
        {
            block.Micros = Number(ref reader);
        }
        else if (reader.ValueTextEquals("ts_ms"u8))
        {
            block.Millis = Number(ref reader);
        }
        else if (reader.ValueTextEquals("sequence"u8))
        {
            block.Sequence = Text(ref reader);
        }
        else
        {
            var isSnapshot = reader.ValueTextEquals("snapshot"u8);
            reader.Read();
            block.IsIncremental |= isSnapshot && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(EnvelopeRules.Incremental);
            reader.Skip();
        }
    }

    private static string? Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        reader.Skip();
        return text;
    }

    private static long? Number(ref Utf8JsonReader reader)
    {
        reader.Read();
        var number = reader.TokenType == JsonTokenType.Number ? reader.GetInt64() : (long?)null;
        reader.Skip();
        return number;
    }

    private ref struct Block
    {
        public string? Schema;
        public string? Table;
        public long? TransactionId;
        public long? Lsn;
        public long? Micros;
        public long? Millis;
        public string? Sequence;
        public bool IsIncremental;
    }
}
