using System.Text;
using System.Text.Json;

namespace Streams.Debezium;

/// <summary>Where a row's column stands in the bytes of its record.</summary>
/// <param name="Name">Start of the name, within its quotes.</param>
/// <param name="NameLength">Bytes of the name.</param>
/// <param name="Value">Start of the value; of a text with its quotes.</param>
/// <param name="ValueLength">Bytes of the value.</param>
/// <param name="Kind">First token of the value.</param>
internal readonly record struct JsonField(int Name, int NameLength, int Value, int ValueLength, JsonTokenType Kind)
{
    private const int Usual = 16;

    /// <summary>Reads the object that the reader stands at, to its end.</summary>
    public static JsonField[] ReadAll(ref Utf8JsonReader reader)
    {
        var (fields, count) = (new JsonField[Usual], 0);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (name, nameLength) = ((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
            reader.Read();
            var (value, kind) = ((int)reader.TokenStartIndex, reader.TokenType);
            reader.Skip();
            if (count == fields.Length)
            {
                Array.Resize(ref fields, count * 2);
            }

            fields[count++] = new JsonField(name, nameLength, value, (int)reader.BytesConsumed - value, kind);
        }

        Array.Resize(ref fields, count);
        return fields;
    }

    /// <summary>Whether the name is that of a column.</summary>
    public bool IsNamed(ReadOnlySpan<byte> record, string column)
    {
        var name = record.Slice(Name, NameLength);
        return Ascii.Equals(name, column) || (!(Ascii.IsValid(name) && name.IndexOf((byte)'\\') < 0) && Unescaped(name) == column);
    }

    private static string? Unescaped(ReadOnlySpan<byte> name)
    {
        var reader = new Utf8JsonReader([(byte)'"', .. name, (byte)'"']);
        reader.Read();
        return reader.GetString();
    }
}
