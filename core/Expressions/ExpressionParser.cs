using System.Collections.Immutable;
using Streams.Core.Values;

namespace Streams.Core.Expressions;

/// <summary>
/// Parses the expressions that <c>streams.yaml</c> takes, as SQL spells them:
/// <code>
/// or      := and (OR and)*                    compare := sum [(= | &lt;&gt; | &lt; | &lt;= | &gt; | &gt;=) sum | IS [NOT] NULL
/// and     := not (AND not)*                              | [NOT] IN (or, …) | [NOT] BETWEEN sum AND sum]
/// not     := NOT not | compare                sum     := product ((+ | -) product)*       product := unary ((* | %) unary)*
/// unary   := - unary | primary                primary := number | 'text' | TRUE | FALSE | NULL | column | "column" | (or) | coalesce(…)
///                                                        | date_trunc('unit', or) | CASE (WHEN or THEN or)+ [ELSE or] END
/// </code>
/// </summary>
public sealed class ExpressionParser
{
    private readonly ImmutableArray<Token> _tokens;
    private int _next;

    private ExpressionParser(string text) => _tokens = Token.Scan(text);

    /// <summary>Parses one expression.</summary>
    /// <exception cref="FormatException">What was expected, and where.</exception>
    public static Expression Parse(string text)
    {
        var parser = new ExpressionParser(text);
        var expression = parser.Or();
        return parser.Peek.Kind == TokenKind.End ? expression : throw parser.Expected("the end");
    }

    private Token Peek => _tokens[_next];

    private Expression Or()
    {
        var left = And();
        while (TakeWord("or"))
        {
            left = new LogicExpression(false, left, And());
        }

        return left;
    }

    private Expression And()
    {
        var left = Not();
        while (TakeWord("and"))
        {
            left = new LogicExpression(true, left, Not());
        }

        return left;
    }

    private Expression Not() => TakeWord("not") ? new NotExpression(Not()) : Compare();

    private Expression Compare()
    {
        var left = Sum();
        if (Peek is { Kind: TokenKind.Symbol, Text: "=" or "<>" or "!=" or "<" or "<=" or ">" or ">=" } comparison)
        {
            _next++;
            return new ComparisonExpression(comparison.Text == "!=" ? "<>" : comparison.Text, left, Sum());
        }

        if (TakeWord("is"))
        {
            var negated = TakeWord("not");
            Require("null");
            return new NullTestExpression(left, negated);
        }

        var not = TakeWord("not");
        return TakeWord("in") ? Negate(not, new InExpression(left, List()))
            : TakeWord("between") ? Negate(not, Between(left))
            : not ? throw Expected("IN or BETWEEN")
            : left;
    }

    private LogicExpression Between(Expression left)
    {
        var low = Sum();
        Require("and");
        return new LogicExpression(true, new ComparisonExpression(">=", left, low), new ComparisonExpression("<=", left, Sum()));
    }

    private static Expression Negate(bool negated, Expression expression) => negated ? new NotExpression(expression) : expression;

    private Expression Sum()
    {
        var left = Product();
        while (Peek is { Kind: TokenKind.Symbol, Text: "+" or "-" } symbol)
        {
            _next++;
            left = new ArithmeticExpression(symbol.Text[0], left, Product());
        }

        return left;
    }

    private Expression Product()
    {
        var left = Unary();
        while (Peek is { Kind: TokenKind.Symbol, Text: "*" or "%" } symbol)
        {
            _next++;
            left = new ArithmeticExpression(symbol.Text[0], left, Unary());
        }

        return left;
    }

    private Expression Unary() =>
        TakeSymbol("-") ? new ArithmeticExpression('-', new LiteralExpression(SqlValue.Of(0)), Unary()) : Primary();

    private Expression Primary()
    {
        var token = Peek;
        _next++;
        switch (token.Kind)
        {
            case TokenKind.Number:
                return new LiteralExpression(Number(token.Text));
            case TokenKind.Text:
                return new LiteralExpression(SqlValue.Of(token.Text));
            case TokenKind.Quoted:
                return new ColumnExpression(token.Text, -1);
            case TokenKind.Symbol when token.Text == "(":
                var inner = Or();
                RequireSymbol(")");
                return inner;
            case TokenKind.Word:
                return Word(token.Text);
            default:
                _next--;
                throw Expected("a value");
        }
    }

    private Expression Word(string word)
    {
        switch (word)
        {
            case "true" or "false":
                return new LiteralExpression(SqlValue.Of(word == "true"));
            case "null":
                return new LiteralExpression(SqlValue.Null);
            case "case":
                return Case();
            case "coalesce":
                return new CoalesceExpression(List());
            case "date_trunc":
                return DateTrunc();
            default:
                return Peek is { Kind: TokenKind.Symbol, Text: "(" }
                    ? throw new FormatException($"'{word}' is no function that is known; known are coalesce and date_trunc.")
                    : new ColumnExpression(word, -1);
        }
    }

    private CaseExpression Case()
    {
        var arms = ImmutableArray.CreateBuilder<Expression>();
        while (TakeWord("when"))
        {
            arms.Add(Or());
            Require("then");
            arms.Add(Or());
        }

        if (arms.Count == 0)
        {
            throw Expected("WHEN");
        }

        arms.Add(TakeWord("else") ? Or() : new LiteralExpression(SqlValue.Null));
        Require("end");
        return new CaseExpression(arms.ToImmutable());
    }

    private DateTruncExpression DateTrunc()
    {
        RequireSymbol("(");
        var unit = Peek;
        if (unit.Kind != TokenKind.Text || !DateTruncExpression.Units.Contains(unit.Text))
        {
            throw Expected($"one of {string.Join(", ", DateTruncExpression.Units.Select(name => $"'{name}'"))}");
        }

        _next++;
        RequireSymbol(",");
        var operand = Or();
        RequireSymbol(")");
        return new DateTruncExpression(unit.Text, operand);
    }

    private ImmutableArray<Expression> List()
    {
        RequireSymbol("(");
        var items = ImmutableArray.CreateBuilder<Expression>();
        do
        {
            items.Add(Or());
        }
        while (TakeSymbol(","));
        RequireSymbol(")");
        return items.ToImmutable();
    }

    private static SqlValue Number(string text) =>
        !text.Contains('.', StringComparison.Ordinal) && text.Length <= 18
            ? SqlValue.Of(long.Parse(text, System.Globalization.CultureInfo.InvariantCulture))
            : SqlValue.Of(PgNumeric.Parse(text));

    private bool TakeWord(string word) => Take(TokenKind.Word, word);

    private bool TakeSymbol(string symbol) => Take(TokenKind.Symbol, symbol);

    private bool Take(TokenKind kind, string text)
    {
        var found = Peek.Kind == kind && Peek.Text == text;
        _next += found ? 1 : 0;
        return found;
    }

    private void Require(string word)
    {
        if (!TakeWord(word))
        {
            throw Expected(word.ToUpperInvariant());
        }
    }

    private void RequireSymbol(string symbol)
    {
        if (!TakeSymbol(symbol))
        {
            throw Expected($"'{symbol}'");
        }
    }

    private FormatException Expected(string what) =>
        new($"Expected {what} {(Peek.Kind == TokenKind.End ? "at the end" : $"at character {Peek.At + 1}, '{Peek.Text}'")}.");
}
