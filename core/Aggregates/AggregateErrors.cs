using Streams.Core.Errors;

namespace Streams.Core.Aggregates;

/// <summary>Mistakes in <c>aggregates:</c>. Numbers are frozen.</summary>
public static class AggregateErrors
{
    /// <summary>A field that cannot be read.</summary>
    public static readonly StreamsError Syntax = new("STR1201", ErrorKind.Permanent, "An aggregate cannot be read", "Correct the expression named; docs/reference/aggregates.md has the grammar");

    /// <summary>Two aggregates of one name, or two columns of one name in an aggregate.</summary>
    public static readonly StreamsError DuplicateName = new("STR1202", ErrorKind.Permanent, "A name is used twice, or is reserved", "Rename one; names beginning with streams_ and window_start, window_end are ours");

    /// <summary>A column, a type, or a combination of them that is not taken.</summary>
    public static readonly StreamsError BadExpression = new("STR1203", ErrorKind.Permanent, "An expression of an aggregate does not fit its table", "Correct the expression named");

    /// <summary>A measure that would not be exact.</summary>
    public static readonly StreamsError NotExact = new("STR1204", ErrorKind.Permanent, "A measure would not equal SQL for ever", "Use integer, numeric, date or timestamp arguments; make float columns numeric");

    /// <summary>Without a primary key, or with one that moves.</summary>
    public static readonly StreamsError NoKey = new("STR1205", ErrorKind.Permanent, "A table is aggregated whose rows cannot be told apart", "Give it a primary key that is not deferrable, of integer, numeric, text, uuid, boolean, date or timestamp columns");

    /// <summary>Numeric columns whose special values do not arrive.</summary>
    public static readonly StreamsError DecimalsNotExact = new("STR1206", ErrorKind.Permanent, "A numeric column is aggregated whose NaN and infinities would arrive as NULL", "Set decimal.handling.mode to string in the connector, and source.decimals: string in streams.yaml");
}
