using Streams.Core.Values;

namespace Streams.Core.Aggregates;

/// <summary>
/// What an aggregate says, as the SQL that says it: every column as text, in the order groups, window's start in microseconds, of sessions also their
/// end in microseconds, measures.
/// </summary>
public static class AggregateSql
{
    /// <summary>The statement. Run it with time zone UTC.</summary>
    public static string Select(AggregatePlan plan)
    {
        string[] groups = [.. plan.Groups.Select(group => group.Expression.Sql), .. plan.Window is null ? [] : new[] { "streams_window" }];
        string[] columns =
        [
            .. groups.Select(group => $"({group})::text"), .. plan.HasSessions ? ["max(streams_at)::text"] : Array.Empty<string>(),
            .. plan.Measures.Select(measure => Measure(plan, measure)),
        ];
        return $"SELECT {string.Join(", ", columns)} FROM {(plan.HasSessions ? Sessions(plan) : $"{Table(plan)}{Windows(plan)}{Conditions(plan)}")}"
            + (groups.Length == 0 ? " HAVING count(*) > 0" : $" GROUP BY {string.Join(", ", groups)}");
    }

    /// <summary>The table, quoted.</summary>
    public static string Table(AggregatePlan plan) => string.Join(".", plan.Table.Name.Split('.', 2).Select(Quote));

    private static string Conditions(AggregatePlan plan)
    {
        string[] conditions = [.. plan.Where is null ? [] : new[] { plan.Where.Sql }, .. plan.Window is null ? [] : new[] { $"({plan.WindowOn!.Sql}) IS NOT NULL" }];
        return conditions.Length == 0 ? "" : $" WHERE {string.Join(" AND ", conditions)}";
    }

    /// <summary>Starts of the windows that a row is in, in microseconds since 1970, as a lateral series.</summary>
    private static string Windows(AggregatePlan plan)
    {
        if (plan.Window is not { } window)
        {
            return "";
        }

        var (micros, size, advance) = (Micros(plan), Micros(window.Size), Micros(window.Advance));
        return $" CROSS JOIN LATERAL generate_series({micros} - (({micros} % {advance}) + {advance}) % {advance}, {micros} - {size} + 1, -{advance}) AS streams_window";
    }

    /// <summary>
    /// The rows with their instant and the start of their session: a row begins one where the row before it in its group lies further back than the
    /// gap, or there is none; how many have begun up to a row tells its session.
    /// </summary>
    private static string Sessions(AggregatePlan plan)
    {
        var group = string.Concat(plan.Groups.Select(one => $"({one.Expression.Sql}), "));
        var partition = group.Length == 0 ? "" : $"PARTITION BY {group[..^2]} ";
        return $"(SELECT *, min(streams_at) OVER (PARTITION BY {group}streams_session) AS streams_window"
            + $" FROM (SELECT *, sum(streams_begins) OVER ({partition}ORDER BY streams_at) AS streams_session"
            + $" FROM (SELECT *, CASE WHEN streams_at - lag(streams_at) OVER ({partition}ORDER BY streams_at) <= {Micros(plan.Window!.Size)} THEN 0 ELSE 1 END AS streams_begins"
            + $" FROM (SELECT *, {Micros(plan)} AS streams_at FROM {Table(plan)}{Conditions(plan)}) AS streams_1) AS streams_2) AS streams_3) AS streams_4";
    }

    /// <summary>A row's instant in microseconds since 1970.</summary>
    private static string Micros(AggregatePlan plan)
    {
        var instant = plan.WindowOn!.Type.Kind == SqlKind.Date ? $"({plan.WindowOn.Sql})::timestamp" : plan.WindowOn.Sql;
        return $"(extract(epoch FROM {instant}) * 1000000)::bigint";
    }

    private static long Micros(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;

    private static string Measure(AggregatePlan plan, Measure measure)
    {
        var argument = measure.Argument?.Sql;
        return measure.Kind switch
        {
            MeasureKind.Count => $"count({argument ?? "*"})::text",
            MeasureKind.CountDistinct => $"count(DISTINCT {argument})::text",
            MeasureKind.Sum => $"sum({argument})::text",
            MeasureKind.Average => $"avg({argument})::text",
            MeasureKind.Minimum => $"min({argument})::text",
            MeasureKind.Maximum => $"max({argument})::text",
            _ => $"coalesce(array_to_json((array_agg(ARRAY[({argument})::text, {Key(plan)}] ORDER BY {argument} DESC, {KeyOrder(plan)}) FILTER (WHERE ({argument}) IS NOT NULL))[1:{measure.Limit}]), '[]')::text",
        };
    }

    private static string Key(AggregatePlan plan) => plan.Table.PrimaryKey.Length == 1
        ? $"{Quote(plan.Table.PrimaryKey[0])}::text"
        : $"to_json(ARRAY[{string.Join(", ", plan.Table.PrimaryKey.Select(column => $"{Quote(column)}::text"))}])::text";

    private static string KeyOrder(AggregatePlan plan) => string.Join(", ", plan.Table.PrimaryKey.Select(column =>
        SqlType.Of(plan.Table.Column(column)!.Type, null).Kind == SqlKind.Text ? $"{Quote(column)}::text COLLATE \"C\"" : Quote(column)));

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
