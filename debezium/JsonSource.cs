using System.Text.Json;

namespace Streams.Debezium;

/// <summary>The envelope's <c>source</c> block.</summary>
internal static class JsonSource
{
    /// <summary>Reads the object that the reader stands at, to its end.</summary>
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
            block.IsSnapshot || block.TransactionId is not { } xid ? null : unchecked((uint)xid),
            block.Lsn,
            block.Micros ?? (block.Millis ?? throw new KeyNotFoundException("source has no ts_ms.")) * 1000,
            block.IsSnapshot)
        {
            LastCommit = EnvelopeRules.LastCommit(block.Sequence),
            IsIncremental = block.Snapshot == EnvelopeRules.Incremental,
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
            // A text in Debezium's own JSON ("false", "true", "first", "incremental" …), a boolean from others.
            block.Snapshot = (isSnapshot, reader.TokenType) switch
            {
                (true, JsonTokenType.String) => reader.GetString(),
                (true, JsonTokenType.True) => "true",
                _ => block.Snapshot,
            };
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
        public string? Snapshot;
        public string? Sequence;

        public readonly bool IsSnapshot => EnvelopeRules.IsSnapshot(Snapshot);
    }
}
