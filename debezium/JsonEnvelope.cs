using System.Text.Json;
using Streams.Core.Errors;
using Streams.Core.Rules;

namespace Streams.Debezium;

/// <summary>Decodes Debezium's JSON envelope, with and without Connect's embedded schema.</summary>
public static class JsonEnvelope
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64 };

    /// <summary>Decodes a record's value.</summary>
    /// <param name="value">UTF-8 JSON. The rows of the result refer to the returned document: dispose it when done.</param>
    /// <param name="decimals">How numeric columns are sent: the record does not say.</param>
    /// <exception cref="StreamsException">STR2001, STR2002.</exception>
    public static (ChangeEvent Change, IDisposable Buffer) Decode(ReadOnlyMemory<byte> value, DecimalEncoding decimals = DecimalEncoding.Precise)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(value, Strict);
        }
        catch (JsonException exception)
        {
            throw ChangeErrors.Undecodable.With(exception.Message, exception);
        }

        try
        {
            return (Read(document.RootElement, decimals), document);
        }
        catch (Exception exception) when (exception is InvalidOperationException or FormatException or KeyNotFoundException)
        {
            document.Dispose();
            throw ChangeErrors.Undecodable.With(exception.Message, exception);
        }
        catch (StreamsException)
        {
            document.Dispose();
            throw;
        }
    }

    private static ChangeEvent Read(JsonElement root, DecimalEncoding decimals)
    {
        var envelope = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("payload", out var payload) && root.TryGetProperty("schema", out _)
            ? payload
            : root;
        if (envelope.ValueKind != JsonValueKind.Object || !envelope.TryGetProperty("op", out var op) || !envelope.TryGetProperty("source", out var source))
        {
            throw ChangeErrors.Undecodable.With("It is JSON but not an envelope with op and source.");
        }

        var change = new ChangeEvent(EnvelopeRules.Operation(op.GetString()), Row(envelope, "before", decimals), Row(envelope, "after", decimals), Source(source));
        EnvelopeRules.RequireRows(change);
        return change;
    }

    private static JsonRowImage? Row(JsonElement envelope, string field, DecimalEncoding decimals) =>
        envelope.TryGetProperty(field, out var row) && row.ValueKind == JsonValueKind.Object ? new JsonRowImage(row, decimals) : null;

    private static ChangeSource Source(JsonElement source)
    {
        var snapshot = source.TryGetProperty("snapshot", out var flag) && flag.ValueKind != JsonValueKind.Null && flag.ToString() is not ("false" or "");
        return new ChangeSource(
            source.GetProperty("schema").GetString()!,
            source.GetProperty("table").GetString()!,
            snapshot || Number(source, "txId") is not { } xid ? null : unchecked((uint)xid),
            Number(source, "lsn"),
            Number(source, "ts_us") ?? source.GetProperty("ts_ms").GetInt64() * 1000,
            snapshot)
        {
            LastCommit = source.TryGetProperty("sequence", out var sequence) && sequence.ValueKind == JsonValueKind.String ? EnvelopeRules.LastCommit(sequence.GetString()) : 0,
        };
    }

    private static long? Number(JsonElement element, string field) =>
        element.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;
}
