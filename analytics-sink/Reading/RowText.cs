using System.Text.Json;
using Streams.AnalyticsSink.Shapes;

namespace Streams.AnalyticsSink.Reading;

/// <summary>One row as it is answered.</summary>
public static class RowText
{
    /// <summary>
    /// A JSON object. <c>numeric</c> is a string: it has more digits than most readers of JSON keep, and NaN and the infinities, which JSON lacks.
    /// Integers are numbers.
    /// </summary>
    public static void WriteJson(Utf8JsonWriter json, IReadOnlyList<ShapeColumn> columns, IReadOnlyList<string?> texts)
    {
        json.WriteStartObject();
        for (var i = 0; i < columns.Count; i++)
        {
            json.WritePropertyName(columns[i].Name);
            if (texts[i] is not { } text)
            {
                json.WriteNullValue();
            }
            else if (columns[i].SqlType is "smallint" or "integer" or "bigint" or "boolean" or "jsonb")
            {
                json.WriteRawValue(text);
            }
            else
            {
                json.WriteStringValue(text);
            }
        }

        json.WriteEndObject();
    }

    /// <summary>A line of CSV.</summary>
    public static string Csv(IEnumerable<string?> texts) => string.Join(',', texts.Select(Field)) + "\r\n";

    private static string Field(string? text) => text switch
    {
        null => "",
        "" => "\"\"",
        _ when text.AsSpan().IndexOfAny(",\"\r\n") < 0 => text,
        _ => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
    };
}
