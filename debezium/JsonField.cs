using System.Text;
using System.Text.Json;

namespace Streams.Debezium;

/// <summary>Where a row's column stands in the bytes of its record.</summary>
/// <param name="Name">Start of the name, within its quotes.</param>
/// <param name="NameLength">Bytes of the name.</param>
/// <param name="Unescaped">The name as text where its bytes are not plain ASCII, otherwise null.</param>
/// <param name="Value">Start of the value; of a text with its quotes.</param>
/// <param name="ValueLength">Bytes of the value.</param>
/// <param name="Kind">First token of the value.</param>
internal readonly record struct JsonField(int Name, int NameLength, string? Unescaped, int Value, int ValueLength, JsonTokenType Kind)
{
    private const int Usual = 16;

    /// <summary>Reads the object that the reader stands at, to its end.</summary>
    /// <exception cref="InvalidOperationException">A name is no text: its bytes are no UTF-8, or it escapes half a surrogate pair.</exception>
    public static JsonField[] ReadAll(ref Utf8JsonReader reader)
    {
        var (fields, count) = (new JsonField[Usual], 0);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (name, nameLength) = ((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
            var unescaped = IsPlain(reader.ValueSpan) ? null : reader.GetString();
            reader.Read();
            var (value, kind) = ((int)reader.TokenStartIndex, reader.TokenType);
            reader.Skip();
            if (count == fields.Length)
            {
                Array.Resize(ref fields, count * 2);
            }

            fields[count++] = new JsonField(name, nameLength, unescaped, value, (int)reader.BytesConsumed - value, kind);
        }

        Array.Resize(ref fields, count);
        return fields;
    }

    /// <summary>Whether the name is that of a column.</summary>
    public bool IsNamed(ReadOnlySpan<byte> record, string column) =>
        Unescaped is { } text ? text == column : Ascii.Equals(record.Slice(Name, NameLength), column);

    private static bool IsPlain(ReadOnlySpan<byte> name) => Ascii.IsValid(name) && name.IndexOf((byte)'\\') < 0;
}
