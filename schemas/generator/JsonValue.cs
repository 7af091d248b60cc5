using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Streams.Schemas.Generator;

/// <summary>A JSON value. Compilers load no JSON library beside a generator, so it reads its schemas itself (RFC 8259; numbers stay text).</summary>
internal sealed class JsonValue
{
    private JsonValue(string raw) => Raw = raw;

    /// <summary>The value as it stands in the document, without white space around it.</summary>
    public string Raw { get; }

    public string Text { get; private set; }

    public List<JsonValue> Items { get; private set; }

    public List<KeyValuePair<string, JsonValue>> Members { get; private set; }

    public JsonValue this[string name] => Members?.Find(member => member.Key == name).Value;

    public static JsonValue Parse(string text)
    {
        var position = 0;
        var value = Value(text, ref position);
        Space(text, ref position);
        return position == text.Length ? value : throw new FormatException("text after the end, at " + position);
    }

    public string Required(string name) => this[name]?.Text ?? throw new FormatException("'" + name + "' is missing");

    private static JsonValue Value(string text, ref int position)
    {
        Space(text, ref position);
        var start = position;
        if (position >= text.Length)
        {
            throw new FormatException("the text ends too early");
        }

        List<JsonValue> items = null;
        List<KeyValuePair<string, JsonValue>> members = null;
        string literal = null;
        switch (text[position])
        {
            case '{':
                members = Object(text, ref position);
                break;
            case '[':
                items = Array(text, ref position);
                break;
            case '"':
                literal = String(text, ref position);
                break;
            default:
                while (position < text.Length && ",]} \t\r\n".IndexOf(text[position]) < 0)
                {
                    position++;
                }

                break;
        }

        return new JsonValue(text.Substring(start, position - start)) { Text = literal, Items = items, Members = members };
    }

    private static List<KeyValuePair<string, JsonValue>> Object(string text, ref int position)
    {
        var members = new List<KeyValuePair<string, JsonValue>>();
        position++;
        Space(text, ref position);
        while (!Take(text, ref position, '}'))
        {
            if (members.Count > 0)
            {
                Expect(text, ref position, ',');
                Space(text, ref position);
            }

            var name = String(text, ref position);
            Expect(text, ref position, ':');
            members.Add(new KeyValuePair<string, JsonValue>(name, Value(text, ref position)));
            Space(text, ref position);
        }

        return members;
    }

    private static List<JsonValue> Array(string text, ref int position)
    {
        var items = new List<JsonValue>();
        position++;
        Space(text, ref position);
        while (!Take(text, ref position, ']'))
        {
            if (items.Count > 0)
            {
                Expect(text, ref position, ',');
            }

            items.Add(Value(text, ref position));
            Space(text, ref position);
        }

        return items;
    }

    private static string String(string text, ref int position)
    {
        Expect(text, ref position, '"');
        var result = new StringBuilder();
        while (position < text.Length && text[position] != '"')
        {
            var c = text[position++];
            result.Append(c == '\\' ? Escaped(text, ref position) : c);
        }

        Expect(text, ref position, '"');
        return result.ToString();
    }

    private static char Escaped(string text, ref int position)
    {
        var c = text[position++];
        switch (c)
        {
            case 'n': return '\n';
            case 't': return '\t';
            case 'r': return '\r';
            case 'b': return '\b';
            case 'f': return '\f';
            case 'u':
                position += 4;
                return (char)int.Parse(text.Substring(position - 4, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            default: return c;
        }
    }

    private static bool Take(string text, ref int position, char wanted)
    {
        if (position < text.Length && text[position] == wanted)
        {
            position++;
            return true;
        }

        return false;
    }

    private static void Expect(string text, ref int position, char wanted)
    {
        Space(text, ref position);
        if (!Take(text, ref position, wanted))
        {
            throw new FormatException("'" + wanted + "' expected at " + position);
        }
    }

    private static void Space(string text, ref int position)
    {
        while (position < text.Length && char.IsWhiteSpace(text[position]))
        {
            position++;
        }
    }
}
