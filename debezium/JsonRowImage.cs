using System.Text.Json;
using Streams.Core.Rules;
using Streams.Core.Values;

namespace Streams.Debezium;

/// <summary>A row as a JSON object: where its columns stand in the record's bytes, each read when it is asked for.</summary>
internal sealed class JsonRowImage(ReadOnlyMemory<byte> record, JsonField[] fields, DecimalEncoding decimals) : IRowImage
{
    private static ReadOnlySpan<byte> Placeholder => "\"__debezium_unavailable_value\""u8;

    public bool Has(string column) => Find(column) is { } field && !IsPlaceholder(field);

    public string? Text(ColumnDescription column)
    {
        var field = Require(column);
        try
        {
            return ReadText(field, column);
        }
        catch (Exception exception) when (exception is InvalidOperationException or FormatException)
        {
            // A lone surrogate, digits that are not base64, a scale that is no number.
            throw ChangeErrors.UnsupportedValue.With($"Column '{column.Name}' of type {column.Type}.", exception);
        }
    }

    public SqlValue Value(ColumnDescription column, SqlType type)
    {
        var field = Require(column);
        try
        {
            return ReadValue(field, column, type);
        }
        catch (Exception exception) when (exception is InvalidOperationException or FormatException)
        {
            throw ChangeErrors.UnsupportedValue.With($"Column '{column.Name}' of type {column.Type}.", exception);
        }
    }

    /// <inheritdoc/>
    /// <remarks>One converter wrote both: equal values have equal bytes. Were it otherwise, a value would count as changed, which loses nothing.</remarks>
    public bool SameValue(IRowImage after, string column) =>
        after is JsonRowImage image
        && image.Find(column) is { } theirs
        && Find(column) is { } ours
        && (image.IsPlaceholder(theirs) || Bytes(ours).SequenceEqual(image.Bytes(theirs)));

    private JsonField? Find(string column)
    {
        // Of several of one name the last counts, as everywhere in JSON.
        for (var i = fields.Length - 1; i >= 0; i--)
        {
            if (fields[i].IsNamed(record.Span, column))
            {
                return fields[i];
            }
        }

        return null;
    }

    private JsonField Require(ColumnDescription column) =>
        Find(column.Name) is { } field && !IsPlaceholder(field) ? field : throw ChangeErrors.ValueUnavailable.With($"Column '{column.Name}'.");

    private ReadOnlySpan<byte> Bytes(JsonField field) => record.Span.Slice(field.Value, field.ValueLength);

    private bool IsPlaceholder(JsonField field) => field.ValueLength == Placeholder.Length && Bytes(field).SequenceEqual(Placeholder);

    private Utf8JsonReader ReaderOf(JsonField field)
    {
        var reader = new Utf8JsonReader(Bytes(field));
        reader.Read();
        return reader;
    }

    private string? ReadText(JsonField field, ColumnDescription column)
    {
        var reader = ReaderOf(field);
        return field.Kind switch
        {
            JsonTokenType.Null => null,
            JsonTokenType.Number when reader.TryGetInt64(out var number) => ColumnText.OfInteger(column, number),
            JsonTokenType.String when column.Type == "numeric" && decimals == DecimalEncoding.Text => ColumnValue.OfDecimalText(column, reader.GetString()!).ToText(),
            JsonTokenType.String => ColumnText.OfText(column, reader.GetString()!),
            JsonTokenType.True => "true",
            JsonTokenType.False => "false",
            JsonTokenType.StartObject when column.Type == "numeric" && VariableScale(ref reader) is { } number => ColumnText.OfDecimal(number.Unscaled, number.Scale),
            _ => throw Unsupported(field, column),
        };
    }

    private SqlValue ReadValue(JsonField field, ColumnDescription column, SqlType type)
    {
        if (field.Kind == JsonTokenType.Null)
        {
            return SqlValue.Null;
        }

        if (type.Kind == SqlKind.Opaque)
        {
            return SqlValue.Opaque;
        }

        var reader = ReaderOf(field);
        return field.Kind switch
        {
            JsonTokenType.True => SqlValue.True,
            JsonTokenType.False => SqlValue.False,
            JsonTokenType.Number => ColumnValue.OfInteger(column, type, reader.GetInt64()),
            JsonTokenType.String when type.Kind == SqlKind.Numeric && decimals == DecimalEncoding.Text => ColumnValue.OfDecimalText(column, reader.GetString()!),
            JsonTokenType.String when type.Kind == SqlKind.Numeric => ColumnValue.OfDecimal(column, reader.GetBytesFromBase64(), column.Scale),
            JsonTokenType.String when type.Kind == SqlKind.TimestampTz && reader.TryGetDateTimeOffset(out var instant) => ColumnValue.OfInstant(instant),
            JsonTokenType.String => ColumnValue.OfText(column, type, reader.GetString()!),
            JsonTokenType.StartObject when type.Kind == SqlKind.Numeric && VariableScale(ref reader) is { } number => ColumnValue.OfDecimal(column, number.Unscaled, number.Scale),
            _ => throw Unsupported(field, column),
        };
    }

    /// <summary>Connect's VariableScaleDecimal: <c>{"scale":3,"value":"BNI="}</c>.</summary>
    private static (byte[] Unscaled, int Scale)? VariableScale(ref Utf8JsonReader reader)
    {
        var (unscaled, scale) = ((byte[]?)null, (int?)null);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isScale, isValue) = (reader.ValueTextEquals("scale"u8), reader.ValueTextEquals("value"u8));
            reader.Read();
            scale = isScale ? reader.GetInt32() : scale;
            unscaled = isValue ? reader.GetBytesFromBase64() : unscaled;
            reader.Skip();
        }

        return unscaled is not null && scale is { } digits ? (unscaled, digits) : null;
    }

    private static Core.Errors.StreamsException Unsupported(JsonField field, ColumnDescription column) =>
        ChangeErrors.UnsupportedValue.With($"Column '{column.Name}' of type {column.Type} holds {field.Kind}.");
}
