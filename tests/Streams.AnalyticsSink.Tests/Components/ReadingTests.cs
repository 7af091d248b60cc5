using System.Net;
using System.Text.Json;
using Streams.Core.Aggregates;
using Streams.Fixtures;
using static Streams.AnalyticsSink.Tests.Components.SinkWorld;

namespace Streams.AnalyticsSink.Tests.Components;

/// <summary>Rows over HTTP: exact, filtered, in pages that hold under inserts, and as of when.</summary>
[Collection(AnalyticsCollection.Name)]
public sealed class ReadingTests(AnalyticsServers servers)
{
    private const string Sixty = "123456789012345678901234567890.123456789012345678901234567890";
    private static readonly Guid Store = Guid.Parse("5f0c7c1e-1d6b-4f0a-9a53-0d7b8f0a1b2c");

    private static readonly AggregateRow[] Rows =
    [
        Row(null, 0, 7, revenue: Sixty), Row("paid", 0, 8, revenue: "NaN", store: Store), Row("a,\"b\"\n", 1, 9, revenue: "0.10"), Row("", 2, 9, revenue: "1000", isFinal: true),
        Row("paid", 2, 9, revenue: "-0.5"), Row("gone", 2, 9, isEmpty: true),
    ];

    [RequiresKafkaFact]
    public async Task Given_rows_When_read_in_every_format_Then_they_are_exact_and_as_of()
    {
        await using var world = await NewAsync(servers);
        await using var sink = await world.SinkAsync();
        await world.PublishAsync(Rows);
        await world.ProgressAsync(20);
        await world.AsOfAsync(20);

        using var answer = await sink.Client.GetAsync($"/v1/aggregates/{world.Name}");
        var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal("2026-01-01T00:00:20.000000Z", body.GetProperty("as_of").GetString());
        Assert.Equal("1/14", body.GetProperty("as_of_lsn").GetString());
        Assert.Equal("2026-01-01T00:00:20.000000Z 1/14", $"{answer.Headers.GetValues("Streams-As-Of").Single()} {answer.Headers.GetValues("Streams-As-Of-Lsn").Single()}");
        var rows = body.GetProperty("rows");
        Assert.Equal(5, rows.GetArrayLength());
        Assert.Equal(
            $$"""{"status":null,"store":null,"window_start":"2026-01-01T00:00:00.000000Z","window_end":"2026-01-01T01:00:00.000000Z","best":[{"key": "7", "value": "{{Sixty}}"}],"largest":"{{Sixty}}","revenue":"{{Sixty}}","sales":7,"streams_final":false,"streams_epoch":1,"streams_revision":7,"streams_as_of_lsn":"1/7","streams_as_of":"2026-01-01T00:00:07.000000Z"}""",
            rows[1].GetRawText());
        Assert.Equal("NaN", rows[0].GetProperty("revenue").GetString());

        var lines = (await GetAsync(sink, $"{world.Name}?format=jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(rows.EnumerateArray().Select(row => row.GetRawText()), lines);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/aggregates/{world.Name}") { Headers = { { "Accept", "application/parquet, text/csv;q=0.5" } } };
        using var csv = await sink.Client.SendAsync(request);
        Assert.Equal("2026-01-01T00:00:20.000000Z", csv.Headers.GetValues("Streams-As-Of").Single());
        var text = await csv.Content.ReadAsStringAsync();
        Assert.StartsWith("status,store,window_start,window_end,best,largest,revenue,sales,streams_final,", text, StringComparison.Ordinal);
        Assert.Contains($"\r\n,,2026-01-01T00:00:00.000000Z,2026-01-01T01:00:00.000000Z,\"[{{\"\"key\"\": \"\"7\"\", \"\"value\"\": \"\"{Sixty}\"\"}}]\",{Sixty},{Sixty},7,false,", text, StringComparison.Ordinal);
        Assert.Contains("\r\n\"a,\"\"b\"\"\n\",,", text, StringComparison.Ordinal);
        Assert.Contains("\r\n\"\",,2026-01-01T02", text, StringComparison.Ordinal);
    }

    [RequiresKafkaFact]
    public async Task Given_filters_Then_the_rows_that_fit_are_answered()
    {
        await using var world = await NewAsync(servers);
        await using var sink = await world.SinkAsync();
        await world.PublishAndWaitAsync(Rows);

        Assert.Equal("8,9", await SalesAsync(sink, world, "status=paid"));
        Assert.Equal("8", await SalesAsync(sink, world, $"status=paid&store={Store}"));
        Assert.Equal("7", await SalesAsync(sink, world, "is_null=status"));
        Assert.Equal("8,7,9", await SalesAsync(sink, world, "is_null=status&group.status=paid"));
        Assert.Equal("8,9,9", await SalesAsync(sink, world, "status=paid&status="));
        Assert.Equal("9,9", await SalesAsync(sink, world, "from=2026-01-01T02:00:00Z"));
        Assert.Equal("8,7,9", await SalesAsync(sink, world, "to=2026-01-01T03:00:00%2B01:00"));
        Assert.Equal("9", await SalesAsync(sink, world, "final=true"));
        Assert.Equal("8,7,9,9", await SalesAsync(sink, world, "final=false"));
    }

    [RequiresKafkaFact]
    public async Task Given_rows_that_come_and_go_between_pages_Then_no_other_is_hidden_or_repeated()
    {
        await using var world = await NewAsync(servers);
        await using var sink = await world.SinkAsync();
        var rows = Enumerable.Range(0, 60).Select(i => Row((i % 4) switch { 0 => null, 1 => "", 2 => "b", _ => "a" }, i / 6 * 2, 1, store: (i % 6) < 4 ? null : Store)).ToList();
        await world.PublishAndWaitAsync(rows);
        var before = (await GetAsync(sink, $"{world.Name}?format=jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        var seen = new List<string>();
        for (var path = $"/v1/aggregates/{world.Name}?limit=7&final=false"; path is not null;)
        {
            using var answer = await sink.Client.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            seen.AddRange(JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("rows").EnumerateArray().Select(row => row.GetRawText()));
            path = answer.Headers.TryGetValues("Link", out var links) ? links.Single().Split('>')[0][1..] : null;
            // Between the windows that are there, before and after where the page ended.
            await world.PublishAndWaitAsync(Row("z", seen.Count % 20 | 1, 1, isFinal: true), Row(null, (seen.Count + 7) % 20 | 1, 1, isFinal: true));
        }

        Assert.Equal(before, seen);
    }

    [RequiresKafkaFact]
    public async Task Given_a_bad_request_Then_the_problem_has_a_code()
    {
        await using var world = await NewAsync(servers);
        await using var sink = await world.SinkAsync();
        await world.PublishAndWaitAsync(Row("paid", 0, 1));

        await ProblemAsync(sink, "nothing", HttpStatusCode.NotFound, "STR5170");
        await ProblemAsync(sink, "nothing/stream", HttpStatusCode.NotFound, "STR5170");
        await ProblemAsync(sink, $"{world.Name}?color=red", HttpStatusCode.BadRequest, "STR5171");
        await ProblemAsync(sink, $"{world.Name}?store=red", HttpStatusCode.BadRequest, "STR5171");
        await ProblemAsync(sink, $"{world.Name}?from=yesterday", HttpStatusCode.BadRequest, "STR5171");
        await ProblemAsync(sink, $"{world.Name}?final=perhaps", HttpStatusCode.BadRequest, "STR5171");
        await ProblemAsync(sink, $"{world.Name}/stream?color=red", HttpStatusCode.BadRequest, "STR5171");
        await ProblemAsync(sink, $"{world.Name}?limit=0", HttpStatusCode.BadRequest, "STR5172");
        await ProblemAsync(sink, $"{world.Name}?cursor=abc", HttpStatusCode.BadRequest, "STR5172");
        await ProblemAsync(sink, $"{world.Name}?cursor=%21%21", HttpStatusCode.BadRequest, "STR5172");
        await ProblemAsync(sink, $"{world.Name}?format=parquet", HttpStatusCode.NotAcceptable, "STR5173");
        await ProblemAsync(sink, $"{world.Name}/rows", HttpStatusCode.NotFound, "STR5174");
        Assert.Contains("406", await sink.Client.GetStringAsync("/problems/STR5173"), StringComparison.Ordinal);
    }

    [RequiresKafkaFact]
    public async Task Given_a_role_that_may_only_select_Then_the_API_reads_by_it()
    {
        await using var world = await NewAsync(servers);
        await using (var writer = await world.SinkAsync())
        {
            await world.PublishAndWaitAsync(Row("paid", 0, 1));
        }

        await world.SqlAsync($"CREATE ROLE \"{world.Name}_reader\" LOGIN PASSWORD 'x'; GRANT USAGE ON SCHEMA analytics TO \"{world.Name}_reader\"; GRANT SELECT ON ALL TABLES IN SCHEMA analytics TO \"{world.Name}_reader\"");
        var reader = new Npgsql.NpgsqlConnectionStringBuilder(world.ConnectionString) { Username = $"{world.Name}_reader", Password = "x" };
        await using var sink = await world.SinkAsync($"--Streams:AnalyticsSink:ReadConnectionString={reader.ConnectionString}");

        Assert.Equal("1", await SalesAsync(sink, world, ""));
        Assert.StartsWith("<!doctype html>", await GetAsync(sink, $"{world.Name}/docs"), StringComparison.Ordinal);
    }

    [RequiresKafkaFact]
    public async Task Given_the_list_and_the_pages_Then_they_say_what_there_is()
    {
        await using var world = await NewAsync(servers);
        await using var sink = await world.SinkAsync();
        await world.PublishAsync(Row("<paid>", 0, 1));
        await world.ProgressAsync(20);
        await world.AsOfAsync(20);

        var listed = Assert.Single(JsonDocument.Parse(await GetAsync(sink, "")).RootElement.GetProperty("aggregates").EnumerateArray());
        Assert.Equal("""["window_start","status","store"]""", listed.GetProperty("key").GetRawText());
        Assert.Equal("""{"kind":"tumbling","size":"PT1H","advance":"PT1H","on":"\"at\"","grace":"PT10M","retain":"P1D"}""", listed.GetProperty("window").GetRawText());
        Assert.Equal(1, listed.GetProperty("rows").GetInt64());
        Assert.Equal("2026-01-01T00:00:20.000000Z", listed.GetProperty("as_of").GetString());
        var page = await GetAsync(sink, $"{world.Name}/docs");
        Assert.Contains("&lt;paid&gt;", page, StringComparison.Ordinal);
        Assert.Contains($"kcat -C -b {servers.Kafka.BootstrapServers} -t streams.agg.{world.Name} ", page, StringComparison.Ordinal);
        Assert.Contains($"streams.agg.{world.Name}.late", page, StringComparison.Ordinal);
        var asyncApi = await sink.Client.GetStringAsync("/asyncapi.yaml");
        Assert.Contains($"address: streams.agg.{world.Name}\n", asyncApi, StringComparison.Ordinal);
        Assert.Contains($"address: streams.agg.{world.Name}.late\n", asyncApi, StringComparison.Ordinal);
        Assert.Contains($"partitions: {Partitions}\n", asyncApi, StringComparison.Ordinal);
    }

    private static async Task<string> GetAsync(RunningSink sink, string path)
    {
        using var answer = await sink.Client.GetAsync($"/v1/aggregates{(path.Length == 0 ? "" : "/")}{path}");
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return text;
    }

    private static async Task<string> SalesAsync(RunningSink sink, SinkWorld world, string filter) => string.Join(
        ',', JsonDocument.Parse(await GetAsync(sink, $"{world.Name}?{filter}")).RootElement.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("sales").GetInt64()));

    private static async Task ProblemAsync(RunningSink sink, string path, HttpStatusCode status, string code)
    {
        using var answer = await sink.Client.GetAsync($"/v1/aggregates/{path}");
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = JsonDocument.Parse(text).RootElement;
        Assert.Equal($"{(int)status} {code} /problems/{code}", $"{(int)answer.StatusCode} {problem.GetProperty("code").GetString()} {problem.GetProperty("type").GetString()}");
    }
}
