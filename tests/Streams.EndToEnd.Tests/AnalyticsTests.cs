using Streams.Fixtures;

namespace Streams.EndToEnd.Tests;

/// <summary>What analysts read equals SQL over the source as soon as <c>as_of_lsn</c> has passed the last commit.</summary>
[Collection(StackCollection.Name)]
public sealed class AnalyticsTests(StackFixture stack)
{
    private const string AnalyticsSink = "analytics-sink";

    private const string OverTheSource = "SELECT status, count(*), sum(total), avg(total), count(DISTINCT customer_id) FROM orders GROUP BY status";
    private const string Published = "SELECT status, orders, revenue, average, customers FROM analytics.orders_by_status";
    private const string OverTheSourceByMinute = "SELECT date_trunc('minute', created_at), status, count(*), sum(total) FROM orders GROUP BY 1, 2";
    private const string PublishedByMinute = "SELECT window_start, status, orders, revenue FROM analytics.orders_per_minute";

    [RequiresKafkaFact]
    public async Task Given_changes_and_a_kill_of_the_sink_When_as_of_has_passed_them_Then_the_tables_equal_SQL()
    {
        await ChangeAsync();
        await stack.KillAsync(AnalyticsSink);
        await ChangeAsync();

        await EqualsSqlAsync();
    }

    [RequiresKafkaFact]
    public async Task Given_a_truncated_table_When_as_of_has_passed_it_Then_nothing_of_before_is_there()
    {
        await ChangeAsync();
        await EqualsSqlAsync();
        await stack.SqlAsync("TRUNCATE orders CASCADE");
        await ChangeAsync();

        await EqualsSqlAsync();
    }

    private Task ChangeAsync() => stack.SqlAsync("""
        INSERT INTO customer (name, email) SELECT 'Analyst', 'analyst@example.org' WHERE NOT EXISTS (SELECT FROM customer);
        INSERT INTO orders (customer_id, status, total, created_at)
        SELECT (SELECT min(id) FROM customer), (ARRAY['pending', 'paid', 'shipped'])[1 + i % 3], i + 0.25, now() - i * interval '7 seconds' FROM generate_series(1, 200) i;
        UPDATE orders SET status = 'delivered', total = total * 2 WHERE id % 5 = 0;
        DELETE FROM orders WHERE id % 7 = 0
        """);

    private async Task EqualsSqlAsync()
    {
        var last = await ScalarAsync("SELECT pg_current_wal_insert_lsn()::text");
        await stack.EventuallyAsync(
            async () => await ScalarAsync($"SELECT bool_and(coalesce(as_of_lsn >= '{last}', false)) FROM analytics.streams_aggregate") is true, $"every aggregate is as of {last}");
        Assert.Equal(0L, await DifferencesAsync(OverTheSource, Published));
        Assert.Equal(0L, await DifferencesAsync(OverTheSourceByMinute, PublishedByMinute));
        using var http = new HttpClient { BaseAddress = new Uri(stack.Part(AnalyticsSink).Address) };
        using var answer = await http.GetAsync("/v1/aggregates/orders_by_status?format=csv");
        Assert.Equal((await ScalarAsync("SELECT count(DISTINCT status) FROM orders"))?.ToString(), $"{(await answer.Content.ReadAsStringAsync()).Split('\n').Length - 2}");
        Assert.NotEqual("unknown", answer.Headers.GetValues("Streams-As-Of-Lsn").Single());
    }

    private async Task<object?> DifferencesAsync(string left, string right) =>
        await ScalarAsync($"SELECT count(*) FROM (({left} EXCEPT ALL {right}) UNION ALL ({right} EXCEPT ALL {left})) differences");

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = stack.Postgres.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
