namespace Streams.AnalyticsSink.Shapes;

/// <summary>What a column of a published table is for.</summary>
public enum ColumnRole
{
    /// <summary>A group column.</summary>
    Group,

    /// <summary>Start or end of the window.</summary>
    Window,

    /// <summary>A measure.</summary>
    Measure,

    /// <summary>About the row itself: version, what it contains.</summary>
    Row,
}

/// <summary>One column of a published table.</summary>
/// <param name="Name">Name.</param>
/// <param name="SqlType">Type in Postgres: numeric, bigint, text, …, jsonb for top.</param>
/// <param name="Role">What it is for.</param>
/// <param name="Meaning">What it holds: the expression, or a sentence.</param>
public sealed record ShapeColumn(string Name, string SqlType, ColumnRole Role, string Meaning)
{
    /// <summary>The name as SQL takes it.</summary>
    public string Quoted => Sql.Quote(Name);
}
