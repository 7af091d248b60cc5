using System.Collections.Immutable;
using System.Globalization;
using Streams.Core.Rules;
using Streams.Core.Values;

namespace Streams.Core.Expressions;

/// <summary>
/// Gives every part of an expression its type from a table, and every column its place in the row. What Postgres would compute by more than the row
/// (a collation, floating point, an overflow) is refused. The columns that were met are collected over all expressions bound.
/// </summary>
/// <param name="table">Table that the columns are of.</param>
public sealed class ExpressionBinder(TableDescription table)
{
    private readonly List<ColumnDescription> _columns = [];

    /// <summary>Columns of the rows that bound expressions take, in order.</summary>
    public ImmutableArray<ColumnDescription> Columns => [.. _columns];

    /// <summary>Binds.</summary>
    /// <exception cref="ExpressionException">A column or a combination of types that is not taken.</exception>
    public Expression Bind(Expression expression) => expression switch
    {
        ColumnExpression column => Column(column.Name),
        LiteralExpression literal => literal with { Type = TypeOf(literal.Value) },
        LogicExpression logic => logic with { Left = Truth(logic.Left), Right = Truth(logic.Right), Type = SqlType.Boolean },
        NotExpression not => not with { Operand = Truth(not.Operand), Type = SqlType.Boolean },
        NullTestExpression test => test with { Operand = Bind(test.Operand), Type = SqlType.Boolean },
        ComparisonExpression comparison => Comparison(comparison),
        InExpression choice => In(choice),
        ArithmeticExpression arithmetic => Arithmetic(arithmetic),
        CoalesceExpression coalesce => Coalesce(coalesce),
        CaseExpression cases => Case(cases),
        DateTruncExpression trunc => DateTrunc(trunc),
        _ => throw new ExpressionException($"{expression.Sql} is not known."),
    };

    /// <summary>Binds a condition.</summary>
    /// <exception cref="ExpressionException">It is not of type boolean.</exception>
    public Expression Truth(Expression expression)
    {
        var bound = Bind(expression);
        return bound.Type.Kind is SqlKind.Boolean || IsNull(bound) ? bound : throw new ExpressionException($"{bound.Sql} is {bound.Type.Name}, not boolean.");
    }

    private ColumnExpression Column(string name)
    {
        var description = table.Column(name) ?? throw new ExpressionException($"{table.Name} has no column '{name}'.");
        var index = _columns.FindIndex(column => column.Name == name);
        if (index < 0)
        {
            index = _columns.Count;
            _columns.Add(description);
        }

        return new ColumnExpression(name, index) { Type = SqlType.Of(description.Type, description.Scale) };
    }

    private ComparisonExpression Comparison(ComparisonExpression comparison)
    {
        var (left, right) = Unified(Bind(comparison.Left), Bind(comparison.Right));
        var type = IsNull(left) ? right.Type : left.Type;
        if (type.Kind == SqlKind.Opaque)
        {
            throw new ExpressionException($"Values of type {type.Name} are not compared exactly.");
        }

        return comparison.Operator is "=" or "<>" || type.IsOrdered || IsNull(left)
            ? comparison with { Left = left, Right = right, Type = SqlType.Boolean }
            : throw new ExpressionException($"{left.Sql} is {type.Name}: its order depends on a collation, only = and <> are taken.");
    }

    private InExpression In(InExpression choice)
    {
        var operand = Bind(choice.Operand);
        var pairs = choice.Choices.Select(item => Unified(operand, Bind(item))).ToList();
        return operand.Type.Kind == SqlKind.Opaque
            ? throw new ExpressionException($"Values of type {operand.Type.Name} are not compared exactly.")
            : choice with { Operand = operand, Choices = [.. pairs.Select(pair => pair.Item2)], Type = SqlType.Boolean };
    }

    private ArithmeticExpression Arithmetic(ArithmeticExpression arithmetic)
    {
        var (left, right) = (Bind(arithmetic.Left), Bind(arithmetic.Right));
        foreach (var side in new[] { left, right })
        {
            if (!side.Type.IsNumber && !IsNull(side))
            {
                throw new ExpressionException($"{side.Sql} is {side.Type.Name}; {arithmetic.Operator} takes integers and numeric.");
            }
        }

        if (arithmetic.Operator == '%')
        {
            RequireDivisor(left, right);
        }

        if (left.Type.Kind == SqlKind.Integer && right.Type.Kind == SqlKind.Integer)
        {
            return arithmetic with { Left = left, Right = right, Type = left.Type.Name == "int8" || right.Type.Name == "int8" ? SqlType.BigInt : SqlType.Of("int4", null) };
        }

        int? scale = ScaleOf(left) is { } a && ScaleOf(right) is { } b ? (arithmetic.Operator == '*' ? a + b : Math.Max(a, b)) : null;
        return arithmetic with { Left = left, Right = right, Type = SqlType.Numeric with { Scale = scale } };
    }

    /// <summary>A row whose divisor is zero would be an error in SQL, and stop the aggregate here: it must be seen at declaration that there is none.</summary>
    private static void RequireDivisor(Expression dividend, Expression divisor)
    {
        if (dividend.Type.Kind != SqlKind.Integer || divisor.Type.Kind != SqlKind.Integer)
        {
            throw new ExpressionException($"{dividend.Sql} % {divisor.Sql}: % takes integers.");
        }

        if (divisor.Columns.Any() || divisor.Evaluate([]) is { IsNull: true } or { Numeric.Unscaled.IsZero: true })
        {
            throw new ExpressionException($"{dividend.Sql} % {divisor.Sql}: the divisor must be a constant other than 0.");
        }
    }

    private CoalesceExpression Coalesce(CoalesceExpression coalesce)
    {
        var choices = Common(coalesce.Choices.Select(Bind));
        return coalesce with { Choices = choices, Type = CommonType(choices) };
    }

    private CaseExpression Case(CaseExpression cases)
    {
        var results = Common(Enumerable.Range(0, cases.Arms.Length).Where(IsResult).Select(i => Bind(cases.Arms[i])));
        var next = 0;
        var arms = cases.Arms.Select((arm, i) => IsResult(i) ? results[next++] : Truth(arm)).ToImmutableArray();
        return cases with { Arms = arms, Type = CommonType(results) };

        bool IsResult(int i) => i % 2 == 1 || i == cases.Arms.Length - 1;
    }

    private DateTruncExpression DateTrunc(DateTruncExpression trunc)
    {
        var operand = Bind(trunc.Operand);
        return operand.Type.Kind switch
        {
            SqlKind.Timestamp => trunc with { Operand = operand, Type = SqlType.Timestamp },
            // Postgres takes a date for a timestamptz, by the time zone of the session; ours is UTC.
            SqlKind.TimestampTz or SqlKind.Date => trunc with { Operand = operand, Type = SqlType.TimestampTz },
            _ => throw new ExpressionException($"{operand.Sql} is {operand.Type.Name}; date_trunc takes timestamp, timestamptz and date."),
        };
    }

    /// <summary>Brings literals to the type of what they stand beside.</summary>
    private static (Expression Left, Expression Right) Unified(Expression left, Expression right)
    {
        var (a, b) = (Adapted(left, right.Type), Adapted(right, left.Type));
        return IsNull(a) || IsNull(b) || a.Type.Kind == b.Type.Kind || (a.Type.IsNumber && b.Type.IsNumber) || (a.Type.IsTime && b.Type.IsTime)
            ? (a, b)
            : throw new ExpressionException($"{a.Sql} is {a.Type.Name} and {b.Sql} is {b.Type.Name}.");
    }

    private static Expression Adapted(Expression expression, SqlType wanted) =>
        expression is LiteralExpression { Value.Kind: SqlKind.Text } literal && wanted.Kind is not (SqlKind.Text or SqlKind.Null)
            ? literal with { Value = Parse(literal.Value.Text, wanted), Type = wanted }
            : expression;

    private static SqlValue Parse(string text, SqlType type)
    {
        try
        {
            return type.Kind switch
            {
                SqlKind.Integer => SqlValue.Of(long.Parse(text, CultureInfo.InvariantCulture)),
                SqlKind.Numeric => SqlValue.Of(PgNumeric.Parse(text)),
                SqlKind.Boolean => SqlValue.Of(text is "t" or "true" || (text is "f" or "false" ? false : throw new FormatException())),
                SqlKind.Date => SqlValue.Time(SqlKind.Date, (Instant(text) - DateTime.UnixEpoch).Days),
                SqlKind.Timestamp or SqlKind.TimestampTz => SqlValue.Time(type.Kind, (Instant(text) - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond),
                _ => throw new FormatException(),
            };
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            throw new ExpressionException($"'{text}' is no {type.Name}.");
        }
    }

    private static DateTime Instant(string text) =>
        DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    private static ImmutableArray<Expression> Common(IEnumerable<Expression> expressions)
    {
        var all = expressions.ToImmutableArray();
        var model = all.FirstOrDefault(item => item is not LiteralExpression) ?? all.FirstOrDefault(item => !IsNull(item)) ?? all[0];
        return [.. all.Select(item => Unified(item, model).Left)];
    }

    private static SqlType CommonType(ImmutableArray<Expression> all)
    {
        var types = all.Where(item => !IsNull(item)).Select(item => item.Type).Distinct().ToList();
        if (types.Count <= 1)
        {
            return types.Count == 1 ? types[0] : SqlType.Text;
        }

        if (types.All(type => type.Kind == SqlKind.Integer))
        {
            return SqlType.BigInt;
        }

        return types.All(type => type.IsNumber) ? SqlType.Numeric
            : types.All(type => type.Kind == types[0].Kind) ? types[0]
            : throw new ExpressionException($"{string.Join(" and ", types.Select(type => type.Name))} are not brought together; cast in a view or a column.");
    }

    private static int? ScaleOf(Expression expression) => expression.Type.Kind == SqlKind.Integer ? 0 : expression.Type.Scale;

    private static bool IsNull(Expression expression) => expression is LiteralExpression { Value.IsNull: true };

    private static SqlType TypeOf(SqlValue value) => value.Kind switch
    {
        SqlKind.Boolean => SqlType.Boolean,
        SqlKind.Integer => value.Number is >= int.MinValue and <= int.MaxValue ? SqlType.Of("int4", null) : SqlType.BigInt,
        SqlKind.Numeric => SqlType.Numeric with { Scale = value.Numeric.Scale },
        _ => SqlType.Text,
    };
}

/// <summary>An expression that is not taken, with the reason.</summary>
public sealed class ExpressionException(string message) : Exception(message);
