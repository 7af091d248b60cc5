using System.Globalization;
using System.Net;
using System.Text;
using Streams.AnalyticsSink.Shapes;

namespace Streams.AnalyticsSink.Describing;

/// <summary>What the page of an aggregate shows beside its shape.</summary>
/// <param name="Topic">Output topic.</param>
/// <param name="LateTopic">Topic of late rows, where there is a window.</param>
/// <param name="BaseUrl">Where the API is, as the reader reached it.</param>
/// <param name="BootstrapServers">Kafka.</param>
/// <param name="RegistryUrl">Schema registry.</param>
/// <param name="AsOf">As of when the rows are, or null.</param>
/// <param name="AsOfLsn">WAL position of that, or null.</param>
/// <param name="Sample">Some rows, as texts of the columns.</param>
public sealed record DocsContext(string Topic, string LateTopic, string BaseUrl, string BootstrapServers, string RegistryUrl, string? AsOf, string? AsOfLsn, IReadOnlyList<string?[]> Sample);

/// <summary>The page of an aggregate for analysts: what it is, sample rows, and how to get at it. Plain HTML, nothing is loaded from elsewhere.</summary>
public static class DocsPage
{
    private const string Style = "body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse}"
        + "td,th{border:1px solid #bbb;padding:.2rem .6rem;text-align:left}pre{background:#f4f4f4;padding:.8rem;overflow:auto}code{font-size:.95em}";

    /// <summary>Writes it.</summary>
    public static string Html(AggregateShape shape, DocsContext context) => $"""
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>{Text(shape.Name)}</title><style>{Style}</style></head><body>
        <h1>{Text(shape.Name)}</h1>
        <p>{Text(Sentence(shape))}</p>
        <p>As of <strong>{Text(context.AsOf ?? "unknown")}</strong> (WAL position {Text(context.AsOfLsn ?? "unknown")}): every commit up to then is contained.</p>
        <h2>Columns</h2>
        {Table(["name", "type", "what it is"], shape.Columns.Select(column => new string?[] { column.Name + (shape.Key.Contains(column) ? " (key)" : ""), column.SqlType, column.Meaning }))}
        {Window(shape, context.LateTopic)}
        <h2>Sample</h2>
        {Table(shape.Columns.Select(column => column.Name), context.Sample)}
        <h2>How to get at it</h2>
        {string.Join("\n", Snippets(shape, context).Select(snippet => $"<h3>{Text(snippet.Title)}</h3>\n<pre><code>{Text(snippet.Code)}</code></pre>"))}
        </body></html>

        """;

    private static string Sentence(AggregateShape shape) =>
        $"Equals SELECT … GROUP BY over {shape.Source}{(shape.Where is { } where ? $" WHERE {where}" : "")}, and follows it: rows change when the table does.";

    private static string Window(AggregateShape shape, string lateTopic) => shape.Window is not { } window ? "" : $"""
        <h2>Window</h2>
        {Table(
            window.IsSession ? ["kind", "gap", "on", "grace", "retain"] : ["kind", "size", "advance", "on", "grace", "retain"],
            [[window.Kind, Time(window.Size), .. window.IsSession ? [] : new[] { Time(window.Advance) }, window.On, Time(window.Grace), window.Retain is { } retain ? Time(retain) : "for ever"]])}
        <p>{(window.IsSession ? "A session goes from its first row to its last one, both inclusive; a change may join sessions, split one, or move its start, which is another row then. " : "")}A row that comes after the grace counts too: streams_final is advisory. Each such row is reported on the topic <code>{Text(lateTopic)}</code>.</p>
        """;

    private static IEnumerable<(string Title, string Code)> Snippets(AggregateShape shape, DocsContext context)
    {
        var path = $"{context.BaseUrl}/v1/aggregates/{shape.Name}";
        var from = shape.Window is null ? "" : "?from=2026-01-01";
        yield return ("SQL", $"SELECT * FROM analytics.{Sql.Quote(shape.Name)} LIMIT 10;\nSELECT aggregate, as_of, as_of_lsn FROM analytics.streams_aggregate;");
        yield return ("curl: a page, everything as CSV, changes as they happen", $"curl -s '{path}{from}'\ncurl -s -H 'Accept: text/csv' '{path}{from}' -o {shape.Name}.csv\ncurl -sN '{path}/stream'");
        yield return ("DuckDB", $"INSTALL httpfs; LOAD httpfs;\nSELECT * FROM read_csv('{path}?format=csv');\nCOPY (SELECT * FROM read_csv('{path}?format=csv')) TO '{shape.Name}.parquet' (FORMAT parquet);");
        yield return ("ClickHouse", $"SELECT * FROM url('{path}?format=csv', 'CSVWithNames')");
        string[] topics = shape.Window is null ? [context.Topic] : [context.Topic, context.LateTopic];
        yield return ("kcat", string.Join('\n', topics.Select(topic => $"kcat -C -b {context.BootstrapServers} -t {topic} -r {context.RegistryUrl} -s avro -e")));
        yield return ("Schemas of the topic", string.Join('\n', topics.SelectMany(_ => new[] { "key", "value" }, (topic, part) => $"curl -s '{context.RegistryUrl}/subjects/{topic}-{part}/versions/latest/schema'")));
    }

    private static string Table(IEnumerable<string> heads, IEnumerable<IReadOnlyList<string?>> rows)
    {
        var html = new StringBuilder("<table><tr>").AppendJoin("", heads.Select(head => $"<th>{Text(head)}</th>")).Append("</tr>\n");
        foreach (var row in rows)
        {
            html.Append("<tr>").AppendJoin("", row.Select(cell => cell is null ? "<td><em>NULL</em></td>" : $"<td>{Text(cell)}</td>")).Append("</tr>\n");
        }

        return html.Append("</table>").ToString();
    }

    private static string Time(TimeSpan span) => span.ToString("c", CultureInfo.InvariantCulture);

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
