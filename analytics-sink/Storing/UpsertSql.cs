using System.Globalization;
using Streams.AnalyticsSink.Shapes;

namespace Streams.AnalyticsSink.Storing;

/// <summary>
/// The statement that writes a batch: one array of texts per column, cast by Postgres, which reads its own notation exactly at any size.
/// Parameters: $1 the number of the last change, then the arrays of <see cref="RowColumns"/>.
/// </summary>
public static class UpsertSql
{
    private const string Version = "streams_epoch, {0}.streams_revision, {0}.streams_final";

    /// <summary>Builds it. Of two versions of a row the higher one stays, whatever order they come in.</summary>
    public static string Of(AggregateShape shape, string relation)
    {
        var columns = RowColumns.Of(shape);
        var arrays = columns.Select((_, index) => string.Create(CultureInfo.InvariantCulture, $"${index + 2}::text[]"));
        var names = columns.Select((_, index) => string.Create(CultureInfo.InvariantCulture, $"c{index}")).ToList();
        var values = columns.Select((column, index) => column.SqlType == "text" ? $"r.{names[index]}" : $"r.{names[index]}::{column.SqlType}");
        var changed = columns.Where(column => !shape.Key.Contains(column)).Select(column => $"{column.Quoted} = excluded.{column.Quoted}");
        return $"""
            INSERT INTO {TableSql.Qualified(relation)} AS held ({Sql.List(columns.Select(column => column.Quoted))}, streams_change)
            SELECT {Sql.List(values)}, $1 + r.n
            FROM unnest({Sql.List(arrays)}) WITH ORDINALITY AS r({Sql.List(names)}, n)
            ON CONFLICT ({Target(shape)}) DO UPDATE SET {Sql.List(changed)}, streams_change = excluded.streams_change
            WHERE (excluded.{VersionOf("excluded")}) > (held.{VersionOf("held")})
            """;
    }

    private static string VersionOf(string alias) => string.Format(CultureInfo.InvariantCulture, Version, alias);

    private static string Target(AggregateShape shape) => shape.Key.IsEmpty ? "(true)" : Sql.List(shape.Key.Select(column => column.Quoted));
}
