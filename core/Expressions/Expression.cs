using System.Collections.Immutable;
using System.Numerics;
using Streams.Core.Values;

namespace Streams.Core.Expressions;

/// <summary>
/// An expression over the columns of one row: the part of SQL whose result depends on the row alone, evaluated exactly as Postgres does
/// (three-valued logic, exact decimals, time zone UTC).
/// </summary>
public abstract record Expression
{
    /// <summary>Type of the result; known once the expression is bound to a table.</summary>
    public SqlType Type { get; init; } = Unbound;

    /// <summary>Parts, in order.</summary>
    public abstract ImmutableArray<Expression> Parts { get; }

    /// <summary>As SQL that Postgres takes.</summary>
    public abstract string Sql { get; }

    /// <summary>Columns that it reads.</summary>
    public IEnumerable<string> Columns => this is ColumnExpression column ? [column.Name] : Parts.SelectMany(part => part.Columns);

    /// <summary>Before binding.</summary>
    internal static SqlType Unbound { get; } = new("unknown", SqlKind.Null);

    /// <summary>The value for a row. Only of a bound expression.</summary>
    /// <param name="row">Columns in the order of <see cref="ColumnExpression.Index"/>.</param>
    public abstract SqlValue Evaluate(ReadOnlySpan<SqlValue> row);
}

/// <summary>A column.</summary>
/// <param name="Name">As in the catalogue.</param>
/// <param name="Index">Place in the row that is evaluated; -1 before binding.</param>
public sealed record ColumnExpression(string Name, int Index) : Expression
{
    /// <inheritdoc/>
    public override ImmutableArray<Expression> Parts => [];

    /// <inheritdoc/>
    public override string Sql => $"\"{Name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <inheritdoc/>
    public override SqlValue Evaluate(ReadOnlySpan<SqlValue> row) => row[Index];
}

/// <summary>A literal.</summary>
public sealed record LiteralExpression(SqlValue Value) : Expression
{
    /// <inheritdoc/>
    public override ImmutableArray<Expression> Parts => [];

    /// <inheritdoc/>
    public override string Sql => Value.Kind switch
    {
        SqlKind.Null => "NULL",
        SqlKind.Text => Quote(Value.Text),
        SqlKind.Date or SqlKind.Timestamp or SqlKind.TimestampTz => $"{Quote(Value.ToText()!)}::{Type.Sql}",
        _ => Value.ToText()!,
    };

    /// <inheritdoc/>
    public override SqlValue Evaluate(ReadOnlySpan<SqlValue> row) => Value;

    private static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}

/// <summary>AND, OR.</summary>
public sealed record LogicExpression(bool IsAnd, Expression Left, Expression Right) : Expression
{
    /// <inheritdoc/>
    public override ImmutableArray<Expression> Parts => [Left, Right];

    /// <inheritdoc/>
    public override string Sql => $"({Left.Sql} {(IsAnd ? "AND" : "OR")} {Right.Sql})";

    /// <inheritdoc/>
    public override SqlValue Evaluate(ReadOnlySpan<SqlValue> row)
    {
        var left = Left.Evaluate(row);
        if (!left.IsNull && left.IsTrue != IsAnd)
        {
            return left;
        }

        var right = Right.Evaluate(row);
        return !right.IsNull && right.IsTrue != IsAnd ? right : left.IsNull ? left : right;
    }
}

/// <summary>NOT.</summary>
public sealed record NotExpression(Expression Operand) : Expression
{
    /// <inheritdoc/>
    public override ImmutableArray<Expression> Parts => [Operand];

    /// <inheritdoc/>
    public override string Sql => $"(NOT {Operand.Sql})";

    /// <inheritdoc/>
    public override SqlValue Evaluate(ReadOnlySpan<SqlValue> row)
    {
        var value = Operand.Evaluate(row);
        return value.IsNull ? value : SqlValue.Of(!value.IsTrue);
    }
}

/// <summary>=, &lt;&gt;, &lt;, &lt;=, &gt;, &gt;=.</summary>
public sealed record ComparisonExpression(string Operator, Expression Left, Expression Right) : Expression
{
    /// <inheritdoc/>
    public override ImmutableArray<Expression> Parts => [Left, Right];

    /// <inheritdoc/>
    public override string Sql => $"({Left.Sql} {Operator} {Right.Sql})";

    /// <inheritdoc/>
    public override SqlValue Evaluate(ReadOnlySpan<SqlValue> row)
    {
        var (left, right) = (Left.Evaluate(row), Right.Evaluate(row));
        if (left.IsNull || right.IsNull)
        {
            return SqlValue.Null;
        }

        var order = left.CompareTo(right);
        return SqlValue.Of(Operator switch
        {
            "=" => order == 0,
            "<>" => order != 0,
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        });
    }
}

/// <summary>IS NULL, IS NOT NULL.</summary>
public sealed record NullTestExpression(Expression Operand, bool IsNegated) : Expression
{
    /// <inheritdoc/>
    public override ImmutableArray<Expression> Parts => [Operand];

    /// <inheritdoc/>
    public override string Sql => $"({Operand.Sql} IS {(IsNegated ? "NOT " : "")}NULL)";

    /// <inheritdoc/>
    public override SqlValue Evaluate(ReadOnlySpan<SqlValue> row) => SqlValue.Of(Operand.Evaluate(row).IsNull != IsNegated);
}

/// <summary>IN (…).</summary>
public sealed record InExpression(Expression Operand, ImmutableArray<Expression> Choices) : Expression
{
    /// <inheritdoc/>
    public override ImmutableArray<Expression> Parts => [Operand, .. Choices];

    /// <inheritdoc/>
    public override string Sql => $"({Operand.Sql} IN ({string.Join(", ", Choices.Select(choice => choice.Sql))}))";

    /// <inheritdoc/>
    public override SqlValue Evaluate(ReadOnlySpan<SqlValue> row)
    {
        var value = Operand.Evaluate(row);
        var unknown = value.IsNull;
        foreach (var choice in Choices)
        {
            var other = choice.Evaluate(row);
            if (!value.IsNull && !other.IsNull && value.Equals(other))
            {
                return SqlValue.True;
            }

            unknown |= other.IsNull;
        }

        return unknown ? SqlValue.Null : SqlValue.False;
    }
}

/// <summary>+, - and * of exact numbers; % of integers, by a divisor that is never zero.</summary>
public sealed record ArithmeticExpression(char Operator, Expression Left, Expression Right) : Expression
{
    /// <inheritdoc/>
    public override ImmutableArray<Expression> Parts => [Left, Right];

    /// <inheritdoc/>
    public override string Sql => $"({Left.Sql} {Operator} {Right.Sql})";

    /// <inheritdoc/>
    public override SqlValue Evaluate(ReadOnlySpan<SqlValue> row)
    {
        var (left, right) = (Left.Evaluate(row), Right.Evaluate(row));
        if (left.IsNull || right.IsNull)
        {
            return SqlValue.Null;
        }

        var (a, b) = (left.Numeric, right.Numeric);
        var result = Operator switch
        {
            '+' => a + b,
            '-' => a - b,
            '*' => a * b,
            // The sign of the dividend, as in Postgres.
            _ => new PgNumeric(BigInteger.Remainder(a.Unscaled, b.Unscaled), 0),
        };
        // Beyond bigint Postgres raises an error; a numeric is the closest to it.
        return Type.Kind == SqlKind.Integer && result.Unscaled >= long.MinValue && result.Unscaled <= long.MaxValue
            ? SqlValue.Of((long)result.Unscaled)
            : SqlValue.Of(result);
    }
}

/// <summary>coalesce(…).</summary>
public sealed record CoalesceExpression(ImmutableArray<Expression> Choices) : Expression
{
    /// <inheritdoc/>
    public override ImmutableArray<Expression> Parts => Choices;

    /// <inheritdoc/>
    public override string Sql => $"coalesce({string.Join(", ", Choices.Select(choice => choice.Sql))})";

    /// <inheritdoc/>
    public override SqlValue Evaluate(ReadOnlySpan<SqlValue> row)
    {
        foreach (var choice in Choices)
        {
            var value = choice.Evaluate(row);
            if (!value.IsNull)
            {
                return value;
            }
        }

        return SqlValue.Null;
    }
}

/// <summary>CASE WHEN … THEN … ELSE … END.</summary>
/// <param name="Arms">Conditions and results in turn, then the result of ELSE.</param>
public sealed record CaseExpression(ImmutableArray<Expression> Arms) : Expression
{
    /// <inheritdoc/>
    public override ImmutableArray<Expression> Parts => Arms;

    /// <inheritdoc/>
    public override string Sql =>
        $"(CASE {string.Join(" ", Arms.Chunk(2).Where(arm => arm.Length == 2).Select(arm => $"WHEN {arm[0].Sql} THEN {arm[1].Sql}"))} ELSE {Arms[^1].Sql} END)";

    /// <inheritdoc/>
    public override SqlValue Evaluate(ReadOnlySpan<SqlValue> row)
    {
        for (var i = 0; i + 1 < Arms.Length; i += 2)
        {
            if (Arms[i].Evaluate(row).IsTrue)
            {
                return Arms[i + 1].Evaluate(row);
            }
        }

        return Arms[^1].Evaluate(row);
    }
}

/// <summary>date_trunc('minute', column) and its like, in UTC.</summary>
public sealed record DateTruncExpression(string Unit, Expression Operand) : Expression
{
    /// <summary>Units that it takes.</summary>
    public static readonly ImmutableArray<string> Units = ["second", "minute", "hour", "day", "week", "month", "quarter", "year"];

    /// <inheritdoc/>
    public override ImmutableArray<Expression> Parts => [Operand];

    /// <inheritdoc/>
    public override string Sql => Type.Kind == SqlKind.TimestampTz ? $"date_trunc('{Unit}', {Operand.Sql}, 'UTC')" : $"date_trunc('{Unit}', {Operand.Sql})";

    /// <inheritdoc/>
    public override SqlValue Evaluate(ReadOnlySpan<SqlValue> row)
    {
        var value = Operand.Evaluate(row);
        return value.IsNull ? value : SqlValue.Time(Type.Kind, (Truncated(Calendar.DateTimeOf(value.Micros)) - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
    }

    private DateTime Truncated(DateTime time) => Unit switch
    {
        "second" => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerSecond)),
        "minute" => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMinute)),
        "hour" => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerHour)),
        "day" => time.Date,
        // ISO weeks begin on Monday.
        "week" => time.Date.AddDays(-(((int)time.DayOfWeek + 6) % 7)),
        "month" => new DateTime(time.Year, time.Month, 1, 0, 0, 0, DateTimeKind.Utc),
        "quarter" => new DateTime(time.Year, ((time.Month - 1) / 3 * 3) + 1, 1, 0, 0, 0, DateTimeKind.Utc),
        _ => new DateTime(time.Year, 1, 1, 0, 0, 0, DateTimeKind.Utc),
    };
}

/// <summary>Microseconds since 1970 and the calendar.</summary>
internal static class Calendar
{
    public static DateTime DateTimeOf(long micros) => DateTime.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond);
}
