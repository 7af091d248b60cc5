using System.Text.Json;
using Streams.Core.Errors;
using Streams.Core.Rules;

namespace Streams.Debezium;

/// <summary>Decodes Debezium's JSON envelope, with and without Connect's embedded schema, in one pass; the rows refer to the bytes.</summary>
public static class JsonEnvelope
{
    private static readonly JsonReaderOptions Strict = new() { MaxDepth = 64 };

    /// <summary>Decodes a record's value.</summary>
    /// <param name="value">UTF-8 JSON, not to be changed while the result is used.</param>
    /// <param name="decimals">How numeric columns are sent: the record does not say.</param>
    /// <exception cref="StreamsException">STR2001, STR2002.</exception>
    public static ChangeEvent Decode(ReadOnlyMemory<byte> value, DecimalEncoding decimals = DecimalEncoding.Precise)
    {
        try
        {
            var change = Read(value, decimals);
            EnvelopeRules.RequireRows(change);
            return change;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw ChangeErrors.Undecodable.With(exception.Message, exception);
        }
    }

    private static ChangeEvent Read(ReadOnlyMemory<byte> value, DecimalEncoding decimals)
    {
        var reader = new Utf8JsonReader(value.Span, Strict);
        var parts = new Parts();
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw NoEnvelope();
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            Part(ref reader, ref parts, value, decimals);
        }

        // What follows the object is not JSON's end: the reader throws.
        reader.Read();
        return parts switch
        {
            { HasSchema: true, Payload: { } payload } => Read(payload, decimals),
            { HasOperation: true, Source: { } source } => Change(EnvelopeRules.Operation(parts.Operation), parts, source),
            _ => throw NoEnvelope(),
        };
    }

    private static ChangeEvent Change(ChangeOperation operation, Parts parts, ChangeSource source) =>
        new(operation, parts.Before, parts.After, EnvelopeRules.Source(source, operation));

    private static void Part(ref Utf8JsonReader reader, ref Parts parts, ReadOnlyMemory<byte> value, DecimalEncoding decimals)
    {
        if (reader.ValueTextEquals("before"u8))
        {
            parts.Before = Row(ref reader, value, decimals);
        }
        else if (reader.ValueTextEquals("after"u8))
        {
            parts.After = Row(ref reader, value, decimals);
        }
        else if (reader.ValueTextEquals("source"u8))
        {
            reader.Read();
            parts.Source = JsonSource.Read(ref reader);
        }
        else if (reader.ValueTextEquals("op"u8))
        {
            reader.Read();
            (parts.HasOperation, parts.Operation) = (true, reader.GetString());
        }
        else
        {
            parts.HasSchema |= reader.ValueTextEquals("schema"u8);
            var isPayload = reader.ValueTextEquals("payload"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            parts.Payload = isPayload ? value[start..(int)reader.BytesConsumed] : parts.Payload;
        }
    }

    private static JsonRowImage? Row(ref Utf8JsonReader reader, ReadOnlyMemory<byte> value, DecimalEncoding decimals)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            return new JsonRowImage(value, JsonField.ReadAll(ref reader), decimals);
        }

        reader.Skip();
        return null;
    }

    private static StreamsException NoEnvelope() => ChangeErrors.Undecodable.With("It is JSON but not an envelope with op and source.");

    private ref struct Parts
    {
        public bool HasOperation;
        public string? Operation;
        public JsonRowImage? Before;
        public JsonRowImage? After;
        public ChangeSource? Source;
        public bool HasSchema;
        public ReadOnlyMemory<byte>? Payload;
    }
}
