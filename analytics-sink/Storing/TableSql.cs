using Streams.AnalyticsSink.Shapes;

namespace Streams.AnalyticsSink.Storing;

/// <summary>SQL of the table of one definition, and of the view that analysts read.</summary>
public static class TableSql
{
    /// <summary>Schema of everything that the sink makes.</summary>
    public const string Schema = "analytics";

    /// <summary>Name of the table: one per definition, so that a new one is built beside the one that is served. At most 63 letters.</summary>
    public static string Relation(AggregateShape shape) => $"streams_{shape.Name}_{shape.Definition[..6]}";

    /// <summary>The table with its schema, quoted.</summary>
    public static string Qualified(string relation) => $"{Schema}.{Sql.Quote(relation)}";

    /// <summary>
    /// The table. Its key is the window's start and the groups, NULL being a value like others; text is compared by its bytes, as groups are.
    /// <c>streams_change</c> numbers the changes of the table in the order in which they become visible.
    /// </summary>
    public static string CreateTable(AggregateShape shape)
    {
        var table = Qualified(Relation(shape));
        return $"""
            CREATE TABLE {table} (
              {string.Join(",\n  ", [.. shape.Columns.Select(Column), "streams_empty boolean NOT NULL", "streams_change bigint NOT NULL"])}
            ) WITH (fillfactor = 85);
            {CreateKey(shape, table)};
            CREATE INDEX ON {table} (streams_change);
            """;
    }

    /// <summary>The view: columns that readers see, groups that SQL would give.</summary>
    public static string CreateView(AggregateShape shape, string relation) => $"""
        CREATE VIEW {Qualified(shape.Name)} AS
        SELECT {Sql.List(shape.Columns.Select(column => column.Quoted))} FROM {Qualified(relation)} WHERE NOT streams_empty
        """;

    private static string Column(ShapeColumn column)
    {
        var collation = column is { SqlType: "text", Role: ColumnRole.Group } ? " COLLATE \"C\"" : "";
        var required = column.Role == ColumnRole.Window || column.Name is AggregateShape.Final or AggregateShape.Epoch or AggregateShape.Revision;
        return $"{column.Quoted} {column.SqlType}{collation}{(required ? " NOT NULL" : "")}";
    }

    private static string CreateKey(AggregateShape shape, string table) => shape.Key.IsEmpty
        ? $"CREATE UNIQUE INDEX ON {table} ((true))"
        : $"CREATE UNIQUE INDEX ON {table} ({Sql.List(shape.Key.Select(column => column.Quoted))}) NULLS NOT DISTINCT";
}
