using System.Text;
using System.Text.Json;
using Streams.Core.Values;

namespace Streams.Processors.Aggregates;

/// <summary>A primary key as bytes that sort as its columns do (texts by their bytes, as COLLATE "C"); equal keys have equal bytes.</summary>
public static class RowKey
{
    /// <summary>The bytes, written with the help of <paramref name="scratch"/>.</summary>
    public static byte[] Of(ReadOnlySpan<SqlValue> columns, ValueWriter scratch)
    {
        scratch.Clear();
        foreach (var column in columns)
        {
            Append(scratch, column);
        }

        return scratch.ToArray();
    }

    /// <summary>Text of the column, or a JSON array of texts for several.</summary>
    public static string TextOf(ReadOnlySpan<SqlValue> columns)
    {
        var texts = new string?[columns.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            texts[i] = columns[i].ToText();
        }

        return texts.Length == 1 ? texts[0]! : JsonSerializer.Serialize(texts, TextsJson.Default.StringArray);
    }

    private static void Append(ValueWriter writer, SqlValue value)
    {
        switch (value.Kind)
        {
            case SqlKind.Boolean:
                writer.Byte((byte)(value.IsTrue ? 1 : 0));
                break;
            case SqlKind.Text:
                // 00 ends a text: none holds it in Postgres.
                writer.Raw(Encoding.UTF8.GetBytes(value.Text)).Byte(0);
                break;
            default:
                SortKey.Append(writer, value);
                break;
        }
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string[]))]
internal sealed partial class TextsJson : System.Text.Json.Serialization.JsonSerializerContext;
