using System.Globalization;
using Streams.AnalyticsSink.Shapes;
using Streams.AnalyticsSink.Storing;

namespace Streams.AnalyticsSink.Reading;

/// <summary>Statements that read rows, every column as its text in an answer.</summary>
public static class RowSql
{
    /// <summary>Rows of the view in the order of their keys.</summary>
    /// <param name="shape">Table.</param>
    /// <param name="filter">Which rows.</param>
    /// <param name="after">Where the page before ended; null: the first.</param>
    /// <param name="limit">Most rows; null: all.</param>
    public static Statement Page(AggregateShape shape, RowFilter filter, PageCursor? after, int? limit)
    {
        var conditions = new Conditions();
        filter.AddTo(conditions);
        after?.AddTo(conditions, shape);
        var order = shape.Key.IsEmpty ? "" : $" ORDER BY {Sql.List(shape.Key.Select(column => column.Quoted))}";
        return new Statement(
            string.Create(CultureInfo.InvariantCulture, $"SELECT {Texts(shape)} FROM {TableSql.Qualified(shape.Name)}{conditions.Where}{order}{(limit is { } most ? $" LIMIT {most}" : "")}"),
            conditions.Values);
    }

    /// <summary>Changes of the table after one, in order: number of the change, whether the row is empty, its columns.</summary>
    public static Statement Changes(AggregateShape shape, string relation, RowFilter filter, long after, int limit)
    {
        var conditions = new Conditions();
        conditions.Add($"streams_change > {conditions.Place(after)}");
        filter.AddTo(conditions);
        return new Statement(
            string.Create(CultureInfo.InvariantCulture, $"SELECT streams_change, streams_empty, {Texts(shape)} FROM {TableSql.Qualified(relation)}{conditions.Where} ORDER BY streams_change LIMIT {limit}"),
            conditions.Values);
    }

    private static string Texts(AggregateShape shape) => Sql.List(shape.Columns.Select(column => column.SqlType switch
    {
        "timestamptz" => $"""to_char({column.Quoted} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
        "timestamp" => $"""to_char({column.Quoted}, 'YYYY-MM-DD"T"HH24:MI:SS.US')""",
        "date" => $"to_char({column.Quoted}, 'YYYY-MM-DD')",
        _ => $"{column.Quoted}::text",
    }));
}
