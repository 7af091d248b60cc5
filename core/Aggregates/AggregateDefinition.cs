using System.Collections.Immutable;
using Streams.Core.Expressions;

namespace Streams.Core.Aggregates;

/// <summary>One entry of <c>aggregates:</c> in <c>streams.yaml</c>, parsed and not yet bound to the database.</summary>
/// <param name="Name">Unique; letters, digits and <c>_</c>, because topics, tables and paths carry it.</param>
/// <param name="Line">1-based line in the file.</param>
/// <param name="Table"><c>schema.table</c>.</param>
/// <param name="Where">Rows that count; null: all.</param>
/// <param name="GroupBy">Group columns in order; empty: one group of all rows.</param>
/// <param name="Window">Null: none.</param>
/// <param name="Measures">In order, at least one.</param>
public sealed record AggregateDefinition(
    string Name,
    int Line,
    string Table,
    Expression? Where,
    ImmutableArray<NamedExpression> GroupBy,
    WindowDefinition? Window,
    ImmutableArray<MeasureDefinition> Measures)
{
    /// <value>Partitions of the partials and of the output topic: how many instances can share stage 2. Default 4.</value>
    public int Partitions { get; init; } = 4;
}

/// <summary>An expression and the name of its column.</summary>
public sealed record NamedExpression(string Name, Expression Expression);

/// <summary>Kinds of windows.</summary>
public enum WindowKind
{
    /// <summary>One after the other, aligned to 1970-01-01 00:00 UTC.</summary>
    Tumbling,

    /// <summary>Overlapping: one begins every <see cref="WindowDefinition.Advance"/>.</summary>
    Hopping,

    /// <summary>From row to row of a group, as long as two that follow each other lie at most <see cref="WindowDefinition.Size"/> apart.</summary>
    Session,
}

/// <summary>How rows are put into windows by an instant of theirs. Rows whose instant is NULL are in no window and do not count.</summary>
/// <param name="Kind">Kind.</param>
/// <param name="Size">Length; for sessions the gap: rows that lie further apart, with none between them, are of two.</param>
/// <param name="Advance">Hopping: time between the beginnings; otherwise the size.</param>
/// <param name="On">The instant: a column or expression of type timestamp, timestamptz or date.</param>
/// <param name="Grace">How long after its end (of a session: its last row and the gap) a window is expected to change; later rows count too, and are reported.</param>
/// <param name="Retain">Windows whose end (of a session: its last row) is older than this are dropped; null: never. Counted from the source's commit time, not the wall clock.</param>
public sealed record WindowDefinition(WindowKind Kind, TimeSpan Size, TimeSpan Advance, Expression On, TimeSpan Grace, TimeSpan? Retain);

/// <summary>Kinds of measures.</summary>
public enum MeasureKind
{
    /// <summary>Rows, or rows whose argument is not NULL.</summary>
    Count,

    /// <summary>Exact sum; NULL when there is nothing to add.</summary>
    Sum,

    /// <summary>Average, with the digits that Postgres gives.</summary>
    Average,

    /// <summary>Smallest value.</summary>
    Minimum,

    /// <summary>Largest value.</summary>
    Maximum,

    /// <summary>Number of different values.</summary>
    CountDistinct,

    /// <summary>The n largest values with the primary keys of their rows, largest first; of equal ones, smaller keys first.</summary>
    Top,
}

/// <summary>A measure as declared.</summary>
/// <param name="Name">Column.</param>
/// <param name="Kind">Kind.</param>
/// <param name="Argument">Null only for <c>count</c>.</param>
/// <param name="Limit">How many, for <see cref="MeasureKind.Top"/>.</param>
public sealed record MeasureDefinition(string Name, MeasureKind Kind, Expression? Argument, int Limit = 0)
{
    /// <summary>Parses <c>count</c>, <c>count(x)</c>, <c>count(distinct x)</c>, <c>sum(x)</c>, <c>avg(x)</c>, <c>min(x)</c>, <c>max(x)</c>, <c>top(n, x)</c>.</summary>
    /// <exception cref="FormatException">It is none of them.</exception>
    public static MeasureDefinition Parse(string name, string text)
    {
        var trimmed = text.Trim();
        if (trimmed is "count" or "count(*)")
        {
            return new MeasureDefinition(name, MeasureKind.Count, null);
        }

        var open = trimmed.IndexOf('(', StringComparison.Ordinal);
        if (open < 0 || trimmed[^1] != ')')
        {
            throw Unknown(text);
        }

        var argument = trimmed[(open + 1)..^1].Trim();
        return trimmed[..open].Trim().ToLowerInvariant() switch
        {
            "count" when argument.StartsWith("distinct ", StringComparison.OrdinalIgnoreCase) => Of(MeasureKind.CountDistinct, argument["distinct ".Length..]),
            "count" => Of(MeasureKind.Count, argument),
            "sum" => Of(MeasureKind.Sum, argument),
            "avg" => Of(MeasureKind.Average, argument),
            "min" => Of(MeasureKind.Minimum, argument),
            "max" => Of(MeasureKind.Maximum, argument),
            "top" => Top(name, argument),
            _ => throw Unknown(text),
        };

        MeasureDefinition Of(MeasureKind kind, string of) => new(name, kind, ExpressionParser.Parse(of));
    }

    private static MeasureDefinition Top(string name, string arguments)
    {
        var comma = arguments.IndexOf(',', StringComparison.Ordinal);
        return comma > 0 && int.TryParse(arguments.AsSpan(0, comma), out var limit) && limit is >= 1 and <= 100
            ? new MeasureDefinition(name, MeasureKind.Top, ExpressionParser.Parse(arguments[(comma + 1)..]), limit)
            : throw new FormatException("top takes a number from 1 to 100 and an expression: top(10, total).");
    }

    private static FormatException Unknown(string text) =>
        new($"'{text}' is no measure; known are count, count(x), count(distinct x), sum(x), avg(x), min(x), max(x), top(n, x).");
}
