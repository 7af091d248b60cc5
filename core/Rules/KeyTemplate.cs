using System.Buffers;
using System.Collections.Immutable;
using System.Text;

namespace Streams.Core.Rules;

/// <summary>
/// A template of cache keys or tags, such as <c>product:{id}</c> or <c>products:category:{category_id}:*</c>.
/// Braces name a column; doubled braces stand for themselves; <c>*</c> makes it a pattern. What a column holds is percent-encoded, so that no
/// data can widen a pattern, leave its place in the key or collide with another row's key.
/// </summary>
public sealed class KeyTemplate : IEquatable<KeyTemplate>
{
    /// <summary>Longest target in UTF-8 bytes.</summary>
    public const int MaxTargetBytes = 1024;

    /// <summary>Keys of the fence itself begin so; templates may not, but for the heartbeat's.</summary>
    public const string ReservedPrefix = "streams:";

    private const string HeartbeatPrefix = "streams:heartbeat:";
    private const string Unescaped = ".-_~@+,=";
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + Unescaped);


    private readonly ImmutableArray<Segment> _segments;

    private KeyTemplate(string text, ImmutableArray<Segment> segments)
    {
        Text = text;
        _segments = segments;
        Columns = [.. segments.Where(s => s.IsColumn).Select(s => s.Text).Distinct(StringComparer.Ordinal)];
        Family = string.Concat(segments.Select(s => s.IsColumn ? "*" : s.Text));
        IsPattern = segments.Any(s => !s.IsColumn && s.Text.Contains('*', StringComparison.Ordinal));
    }

    /// <summary>As declared.</summary>
    public string Text { get; }

    /// <summary>Columns named, each once, in order of first use.</summary>
    public ImmutableArray<string> Columns { get; }

    /// <summary>The template with every column replaced by <c>*</c>: the tag that stands for all of its targets.</summary>
    public string Family { get; }

    /// <summary>Whether it has a literal <c>*</c>, so that what it gives is a tag.</summary>
    public bool IsPattern { get; }

    /// <summary>Parses a template.</summary>
    /// <exception cref="FormatException">Braces do not match, a column name is empty, two columns are not kept apart, or the prefix is reserved.</exception>
    public static KeyTemplate Parse(string text)
    {
        var segments = ImmutableArray.CreateBuilder<Segment>();
        var literal = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is '{' or '}' && i + 1 < text.Length && text[i + 1] == c)
            {
                literal.Append(c);
                i++;
            }
            else if (c == '{')
            {
                var close = text.IndexOf('}', i);
                var name = close < 0 ? "" : text[(i + 1)..close].Trim();
                if (name.Length == 0)
                {
                    throw new FormatException($"'{text}' has an open or empty brace at position {i + 1}.");
                }

                Flush();
                segments.Add(new Segment(name, IsColumn: true));
                i = close;
            }
            else if (c == '}')
            {
                throw new FormatException($"'{text}' has a closing brace without an opening one at position {i + 1}.");
            }
            else
            {
                literal.Append(c);
            }
        }

        Flush();
        RequireOwnName(text);
        RequireUnambiguous(text, segments);
        return new KeyTemplate(text, segments.ToImmutable());

        void Flush()
        {
            if (literal.Length > 0)
            {
                segments.Add(new Segment(literal.ToString(), IsColumn: false));
                literal.Clear();
            }
        }
    }

    /// <summary>
    /// Between two columns must stand a character that no encoded value contains: else <c>{a}-{b}</c> gives one key for ('x-y', 'z') and ('x', 'y-z').
    /// </summary>
    private static void RequireUnambiguous(string text, IReadOnlyList<Segment> segments)
    {
        var sinceColumn = ":";
        foreach (var segment in segments)
        {
            if (segment.IsColumn && sinceColumn.All(InValues))
            {
                throw new FormatException($"'{text}' does not keep two columns apart: put a ':' or '/' between them.");
            }

            sinceColumn = segment.IsColumn ? "" : segment.Text;
        }
    }

    private static void RequireOwnName(string text)
    {
        if (text.Length == 0 || (text.StartsWith(ReservedPrefix, StringComparison.Ordinal) && !text.StartsWith(HeartbeatPrefix, StringComparison.Ordinal)))
        {
            throw new FormatException($"'{text}' is empty or starts with '{ReservedPrefix}', which is reserved.");
        }
    }

    /// <summary>Whether a character can stand in an encoded value.</summary>
    private static bool InValues(char c) => c == '%' || Plain.Contains(c);

    /// <summary>Fills the template.</summary>
    /// <param name="column">Gives a column's text as Postgres prints it, or null for NULL.</param>
    /// <returns>The key or tag, or null if one of the columns is NULL.</returns>
    public string? Fill(Func<string, string?> column)
    {
        var target = new StringBuilder();
        foreach (var segment in _segments)
        {
            if (!segment.IsColumn)
            {
                target.Append(segment.Text);
            }
            else if (column(segment.Text) is { } value)
            {
                Escape(value, target);
            }
            else
            {
                return null;
            }
        }

        return target.ToString();
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    /// <inheritdoc/>
    public bool Equals(KeyTemplate? other) => other is not null && other.Text == Text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as KeyTemplate);

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    private static void Escape(string value, StringBuilder target)
    {
        if (!value.AsSpan().ContainsAnyExcept(Plain))
        {
            target.Append(value);
            return;
        }

        foreach (var b in Encoding.UTF8.GetBytes(value))
        {
            if (Plain.Contains((char)b))
            {
                target.Append((char)b);
            }
            else
            {
                target.Append('%').Append(Convert.ToHexString([b]));
            }
        }
    }

    private readonly record struct Segment(string Text, bool IsColumn);
}
