using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Streams.AnalyticsSink.Shapes;
using Streams.Core.Aggregates;
using Streams.Core.Values;

namespace Streams.AnalyticsSink.Storing;

/// <summary>Rows as arrays of texts, one per column of the table, in Postgres' notation.</summary>
public static class RowColumns
{
    private static readonly ShapeColumn Empty = new(AggregateShape.Empty, "boolean", ColumnRole.Row, "SQL gives no row for the group any more");

    /// <summary>Columns that are written, in order.</summary>
    public static ImmutableArray<ShapeColumn> Of(AggregateShape shape) => [.. shape.Columns, Empty];

    /// <summary>One array per column.</summary>
    public static string?[][] Texts(AggregateShape shape, IReadOnlyList<AggregateRow> rows)
    {
        var columns = Of(shape).Select(_ => new string?[rows.Count]).ToArray();
        for (var row = 0; row < rows.Count; row++)
        {
            var column = 0;
            foreach (var text in Texts(shape, rows[row]))
            {
                columns[column++][row] = text;
            }
        }

        return columns;
    }

    private static IEnumerable<string?> Texts(AggregateShape shape, AggregateRow row)
    {
        foreach (var group in row.Groups)
        {
            yield return group.ToText();
        }

        if (shape.Window is not null)
        {
            yield return Instant(row.WindowStart);
            yield return Instant(row.WindowEnd);
        }

        for (var i = 0; i < shape.Measures.Length; i++)
        {
            yield return row.IsEmpty ? null : shape.Measures[i].SqlType == "jsonb" ? Top(row.Measures[i].Top) : row.Measures[i].Value.ToText();
        }

        yield return row.Version.IsFinal ? "t" : "f";
        yield return row.Version.Epoch.ToString(CultureInfo.InvariantCulture);
        yield return row.Version.Revision.ToString(CultureInfo.InvariantCulture);
        yield return row.Positions.Lsn is { } lsn ? Sql.Lsn(lsn) : null;
        yield return Instant(row.Positions.Micros);
        yield return row.IsEmpty ? "t" : "f";
    }

    /// <summary>Microseconds since 1970 as a timestamptz.</summary>
    public static string? Instant(long? micros) => micros is { } value ? SqlValue.Time(SqlKind.TimestampTz, value).ToText() : null;

    /// <summary>As in HTTP answers: numeric is a string, so that no reader rounds it.</summary>
    private static string Top(ImmutableArray<TopEntry> entries) =>
        JsonSerializer.Serialize(entries.Select(entry => new { value = entry.Value.Kind == SqlKind.Integer ? (object)entry.Value.Number : entry.Value.ToText(), key = entry.Key }));
}
