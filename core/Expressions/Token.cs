using System.Collections.Immutable;

namespace Streams.Core.Expressions;

internal enum TokenKind
{
    Word,
    Quoted,
    Number,
    Text,
    Symbol,
    End,
}

/// <summary>A token; unquoted words are folded to lower case, as Postgres does.</summary>
internal readonly record struct Token(TokenKind Kind, string Text, int At)
{
    private static readonly string[] Symbols = ["<>", "!=", "<=", ">=", "=", "<", ">", "+", "-", "*", "%", "(", ")", ","];

    /// <exception cref="FormatException">A character that begins no token, or a quote that does not end.</exception>
    public static ImmutableArray<Token> Scan(string text)
    {
        var tokens = ImmutableArray.CreateBuilder<Token>();
        var at = 0;
        while (at < text.Length)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }

            var (token, next) = One(text, at);
            tokens.Add(token);
            at = next;
        }

        tokens.Add(new Token(TokenKind.End, "", text.Length));
        return tokens.ToImmutable();
    }

    private static (Token Token, int Next) One(string text, int at)
    {
        var c = text[at];
        if (c is '\'' or '"')
        {
            var (content, next) = Quotes(text, at);
            return (new Token(c == '"' ? TokenKind.Quoted : TokenKind.Text, content, at), next);
        }

        if (char.IsAsciiDigit(c))
        {
            var end = End(text, at, x => char.IsAsciiDigit(x) || x == '.');
            var number = text[at..end];
            return number.Count(x => x == '.') <= 1 && number[^1] != '.'
                ? (new Token(TokenKind.Number, number, at), end)
                : throw new FormatException($"'{number}' at character {at + 1} is no number.");
        }

        if (char.IsLetter(c) || c == '_')
        {
            var end = End(text, at, x => char.IsLetterOrDigit(x) || x is '_' or '$');
            return (new Token(TokenKind.Word, text[at..end].ToLowerInvariant(), at), end);
        }

        var symbol = Symbols.FirstOrDefault(candidate => string.CompareOrdinal(text, at, candidate, 0, candidate.Length) == 0)
            ?? throw new FormatException($"'{c}' at character {at + 1} is not understood.{(c == '/' ? " Division is not offered: its digits would depend on more than the row." : "")}");
        return (new Token(TokenKind.Symbol, symbol, at), at + symbol.Length);
    }

    private static (string Content, int Next) Quotes(string text, int at)
    {
        var quote = text[at];
        var content = new System.Text.StringBuilder();
        for (var i = at + 1; i < text.Length; i++)
        {
            if (text[i] != quote)
            {
                content.Append(text[i]);
            }
            else if (i + 1 < text.Length && text[i + 1] == quote)
            {
                content.Append(text[i++]);
            }
            else
            {
                return (content.ToString(), i + 1);
            }
        }

        throw new FormatException($"The quote at character {at + 1} does not end.");
    }

    private static int End(string text, int at, Func<char, bool> belongs)
    {
        while (at < text.Length && belongs(text[at]))
        {
            at++;
        }

        return at;
    }
}
