using System.Text.Json;
using Streams.Core.Rules;

namespace Streams.Debezium;

/// <summary>A row as a JSON object.</summary>
internal sealed class JsonRowImage(JsonElement row) : IRowImage
{
    public bool Has(string column) =>
        row.TryGetProperty(column, out var value) && !(value.ValueKind == JsonValueKind.String && value.ValueEquals(IRowImage.Placeholder));

    public string? Text(ColumnDescription column)
    {
        if (!Has(column.Name))
        {
            throw ChangeErrors.ValueUnavailable.With($"Column '{column.Name}'.");
        }

        var value = row.GetProperty(column.Name);
        return value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.Number when value.TryGetInt64(out var number) => ColumnText.OfInteger(column, number),
            JsonValueKind.String => ColumnText.OfText(column, value.GetString()!),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            JsonValueKind.Object when column.Type == "numeric" && value.TryGetProperty("scale", out var scale) && value.TryGetProperty("value", out var digits)
                => ColumnText.OfDecimal(digits.GetBytesFromBase64(), scale.GetInt32()),
            _ => throw ChangeErrors.UnsupportedValue.With($"Column '{column.Name}' of type {column.Type} holds {value.ValueKind}."),
        };
    }

    public bool SameValue(IRowImage other, string column) =>
        other is JsonRowImage image
        && image.TryGet(column, out var theirs)
        && TryGet(column, out var ours)
        && JsonElement.DeepEquals(ours, theirs);

    private bool TryGet(string column, out JsonElement value) => row.TryGetProperty(column, out value);
}
