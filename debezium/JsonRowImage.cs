using System.Text.Json;
using Streams.Core.Rules;
using Streams.Core.Values;

namespace Streams.Debezium;

/// <summary>A row as a JSON object.</summary>
internal sealed class JsonRowImage(JsonElement row, DecimalEncoding decimals) : IRowImage
{
    private readonly JsonElement _row = row;

    public bool Has(string column) =>
        _row.TryGetProperty(column, out var value) && !IsPlaceholder(value);

    public string? Text(ColumnDescription column)
    {
        if (!Has(column.Name))
        {
            throw ChangeErrors.ValueUnavailable.With($"Column '{column.Name}'.");
        }

        try
        {
            return Read(column);
        }
        catch (Exception exception) when (exception is InvalidOperationException or FormatException)
        {
            // A lone surrogate, digits that are not base64, a scale that is no number.
            throw ChangeErrors.UnsupportedValue.With($"Column '{column.Name}' of type {column.Type}.", exception);
        }
    }

    public SqlValue Value(ColumnDescription column, SqlType type)
    {
        if (!_row.TryGetProperty(column.Name, out var value) || IsPlaceholder(value))
        {
            throw ChangeErrors.ValueUnavailable.With($"Column '{column.Name}'.");
        }

        try
        {
            return Read(value, column, type);
        }
        catch (Exception exception) when (exception is InvalidOperationException or FormatException)
        {
            throw ChangeErrors.UnsupportedValue.With($"Column '{column.Name}' of type {column.Type}.", exception);
        }
    }

    public bool SameValue(IRowImage after, string column) =>
        after is JsonRowImage image
        && image._row.TryGetProperty(column, out var theirs)
        && _row.TryGetProperty(column, out var ours)
        && (IsPlaceholder(theirs) || JsonElement.DeepEquals(ours, theirs));

    private string? Read(ColumnDescription column)
    {
        var value = _row.GetProperty(column.Name);
        return value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.Number when value.TryGetInt64(out var number) => ColumnText.OfInteger(column, number),
            JsonValueKind.String when column.Type == "numeric" && decimals == DecimalEncoding.Text => ColumnValue.OfDecimalText(column, value.GetString()!).ToText(),
            JsonValueKind.String => ColumnText.OfText(column, value.GetString()!),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            JsonValueKind.Object when column.Type == "numeric" && value.TryGetProperty("scale", out var scale) && value.TryGetProperty("value", out var digits)
                => ColumnText.OfDecimal(digits.GetBytesFromBase64(), scale.GetInt32()),
            _ => throw ChangeErrors.UnsupportedValue.With($"Column '{column.Name}' of type {column.Type} holds {value.ValueKind}."),
        };
    }

    private SqlValue Read(JsonElement value, ColumnDescription column, SqlType type) => value.ValueKind switch
    {
        JsonValueKind.Null => SqlValue.Null,
        _ when type.Kind == SqlKind.Opaque => SqlValue.Opaque,
        JsonValueKind.True => SqlValue.True,
        JsonValueKind.False => SqlValue.False,
        JsonValueKind.Number => ColumnValue.OfInteger(column, type, value.GetInt64()),
        JsonValueKind.String when type.Kind == SqlKind.Numeric && decimals == DecimalEncoding.Text => ColumnValue.OfDecimalText(column, value.GetString()!),
        JsonValueKind.String when type.Kind == SqlKind.Numeric => ColumnValue.OfDecimal(column, value.GetBytesFromBase64(), column.Scale),
        JsonValueKind.String => ColumnValue.OfText(column, type, value.GetString()!),
        JsonValueKind.Object when type.Kind == SqlKind.Numeric => ColumnValue.OfDecimal(
            column, value.GetProperty("value").GetBytesFromBase64(), value.GetProperty("scale").GetInt32()),
        _ => throw ChangeErrors.UnsupportedValue.With($"Column '{column.Name}' of type {column.Type} holds {value.ValueKind}."),
    };

    private static bool IsPlaceholder(JsonElement value) => value.ValueKind == JsonValueKind.String && value.ValueEquals(IRowImage.Placeholder);
}
