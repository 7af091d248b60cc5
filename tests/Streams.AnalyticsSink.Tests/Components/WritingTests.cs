using System.Text;
using Confluent.Kafka;
using Npgsql;
using Streams.Core.Aggregates;
using Streams.Fixtures;
using static Streams.AnalyticsSink.Tests.Components.SinkWorld;

namespace Streams.AnalyticsSink.Tests.Components;

/// <summary>Rows from a real topic into real tables: whatever order they come in, the table holds the highest version of each key.</summary>
[Collection(AnalyticsCollection.Name)]
public sealed class WritingTests(AnalyticsServers servers)
{
    private static readonly string?[] Statuses = ["new", "paid", "sent", "", null];

    [RequiresKafkaTheory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Given_duplicates_and_old_rows_in_any_order_Then_the_table_holds_the_highest_versions(int seed)
    {
        await using var world = await NewAsync(servers);
        await using var sink = await world.SinkAsync("--Streams:AnalyticsSink:BatchSize=37");
        var rows = RandomRows(new Random(seed), 400);

        await world.PublishAndWaitAsync(rows);

        Assert.Equal(Expected(rows), await world.ViewAsync());
        Assert.Contains($"streams_analytics_records_total{{aggregate=\"{world.Name}\"}} 400", await sink.Client.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [RequiresKafkaFact]
    public async Task Given_the_sink_is_killed_in_the_middle_Then_another_goes_on_and_the_table_is_the_same()
    {
        await using var world = await NewAsync(servers);
        var rows = RandomRows(new Random(3), 800);
        await world.PublishAsync(rows[..600]);
        await using (var killed = await world.ProcessAsync("--Streams:AnalyticsSink:BatchSize=10"))
        {
            await Eventually.Async(
                async () => await world.RowsAsync("SELECT 1 FROM analytics.streams_table WHERE last_change > 100", silent: true) is [_], TimeSpan.FromSeconds(30), "some rows are written");
            await killed.KillAsync();
        }

        var ends = await world.PublishAsync(rows[600..]);
        await using var restarted = await world.ProcessAsync();

        await world.StoredAsync(ends);
        Assert.Equal(Expected(rows), await world.ViewAsync());
    }

    [RequiresKafkaFact]
    public async Task Given_two_instances_that_come_and_go_Then_nothing_is_lost_and_nothing_old_returns()
    {
        await using var world = await NewAsync(servers);
        var rows = RandomRows(new Random(4), 450);
        var first = await world.SinkAsync("--Streams:AnalyticsSink:BatchSize=20");
        await world.PublishAndWaitAsync(rows[..150]);

        await using var second = await world.SinkAsync("--Streams:AnalyticsSink:BatchSize=20");
        await Eventually.Async(async () => await first.PartitionsAsync() == 1 && await second.PartitionsAsync() == 1, TimeSpan.FromSeconds(30), "a partition each");
        await world.PublishAndWaitAsync(rows[150..300]);
        await first.DisposeAsync();

        await world.PublishAndWaitAsync(rows[300..]);
        Assert.Equal(Expected(rows), await world.ViewAsync());
    }

    [RequiresKafkaFact]
    public async Task Given_a_second_owner_that_is_not_in_the_group_Then_rows_and_offsets_only_go_forward()
    {
        await using var world = await NewAsync(servers);
        var rows = RandomRows(new Random(5), 400);
        await using var owner = await world.SinkAsync();
        await world.PublishAndWaitAsync(rows);
        await world.SqlAsync($"CREATE TABLE seen AS SELECT * FROM analytics.streams_offset");

        // Another group reads everything again into the same table, as an instance would that was away and does not know that it lost its partitions.
        await world.SqlAsync("UPDATE analytics.streams_offset SET next_offset = 0");
        await using var zombie = await world.SinkAsync($"--Streams:AnalyticsSink:Group={world.Name}-zombie");
        await zombie.ReadyAsync();

        await Eventually.Async(
            async () => await world.RowsAsync("SELECT 1 FROM seen s JOIN analytics.streams_offset o USING (table_id, partition) WHERE o.next_offset < s.next_offset") is [],
            TimeSpan.FromSeconds(20),
            "everything is read again");
        Assert.Equal(Expected(rows), await world.ViewAsync());
    }

    [RequiresKafkaFact]
    public async Task Given_a_group_becomes_empty_and_comes_back_Then_analysts_see_neither_it_nor_its_past()
    {
        await using var world = await NewAsync(servers);
        await using var sink = await world.SinkAsync();

        await world.PublishAndWaitAsync(Row("paid", 0, 5));
        await world.PublishAndWaitAsync(Row("paid", 0, 9, isEmpty: true));
        Assert.Empty(await world.ViewAsync());
        await world.PublishAndWaitAsync(Row("paid", 0, 7));
        Assert.Empty(await world.ViewAsync());
        await world.PublishAndWaitAsync(Row("paid", 0, 12));

        Assert.Equal(["paid 0 12 1.50 1 12 false"], await world.ViewAsync());
    }

    [RequiresKafkaFact]
    public async Task Given_numbers_of_any_size_and_NULL_groups_Then_they_are_exact()
    {
        await using var world = await NewAsync(servers);
        await using var sink = await world.SinkAsync();
        var sixty = "123456789012345678901234567890.123456789012345678901234567890";
        var store = Guid.Parse("5f0c7c1e-1d6b-4f0a-9a53-0d7b8f0a1b2c");
        AggregateRow[] rows =
        [
            Row(null, 0, 1, revenue: sixty), Row(null, 0, 2, revenue: sixty, store: store), Row("", 0, 1, revenue: "NaN"), Row("a", 0, 1, revenue: "Infinity"),
            Row("b", 0, 1, revenue: "-Infinity"), Row("c", 0, 1, revenue: "-0.000"), Row(new string('x', 300), 0, 1), Row("quote\"' \\ , \t\n{}", 0, 1, isFinal: true),
        ];

        await world.PublishAndWaitAsync([.. rows, .. rows]);

        Assert.Equal(Expected(rows), await world.ViewAsync());
        var top = await world.RowsAsync($"SELECT best::text, store::text, pg_typeof(revenue)::text, pg_typeof(best)::text, streams_as_of_lsn::text FROM analytics.{world.Name} WHERE store IS NOT NULL");
        Assert.Equal($$"""[{"key": "7", "value": "{{sixty}}"}] {{store}} numeric jsonb 1/2""", string.Join(' ', Assert.Single(top)));
    }

    [RequiresKafkaFact]
    public async Task Given_no_group_and_no_window_Then_there_is_one_row()
    {
        await using var world = await NewAsync(servers);
        await world.DeclareAsync("n: count", groups: "", window: "");
        await using var sink = await world.SinkAsync();
        AggregateRow Total(long revision) => new([], null, null, [MeasureValue.Of(Streams.Core.Values.SqlValue.Of(revision))], new AggregateVersion(1, revision, false), new AsOf([revision], null, null));

        await world.PublishAndWaitAsync(Total(3), Total(8), Total(5));

        Assert.Equal("8", Assert.Single(await world.RowsAsync($"SELECT n::text FROM analytics.{world.Name}"))[0]);
    }

    [RequiresKafkaFact]
    public async Task Given_records_that_are_no_rows_Then_they_are_parked_and_the_others_written()
    {
        await using var world = await NewAsync(servers);
        await using var sink = await world.SinkAsync();
        var (key, _) = await world.Codec.WriteAsync(Row("paid", 0, 1));

        await world.ProduceAsync(0, key, Encoding.UTF8.GetBytes("garbage"));
        await world.ProduceAsync(0, key, null);
        await world.PublishAndWaitAsync(Row(null, 0, 1));

        Assert.Single(await world.ViewAsync());
        var parked = await world.ParkedAsync();
        Assert.Equal("garbage", Encoding.UTF8.GetString(parked.Message.Value));
        Assert.Equal(world.Topic, Encoding.UTF8.GetString(parked.Message.Headers.GetLastBytes("__connect.errors.topic")));
        Assert.Equal("STR3304", Encoding.UTF8.GetString(parked.Message.Headers.GetLastBytes("streams.dlq.code")));
        Assert.Contains("streams_analytics_parked_total{code=\"STR3304\"} 2", await sink.Client.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [RequiresKafkaFact]
    public async Task Given_a_row_that_Postgres_refuses_Then_it_alone_is_parked()
    {
        await using var world = await NewAsync(servers);
        await using var sink = await world.SinkAsync();
        // Beyond what an index holds; random, or it would be compressed.
        var random = new Random(1);
        var huge = new string([.. Enumerable.Range(0, 9_000).Select(_ => (char)random.Next('a', 'z'))]);
        var rows = Enumerable.Range(0, 20).Select(hour => Row(null, hour, 1)).ToList();

        await world.PublishAndWaitAsync([.. rows[..7], Row(huge, 0, 1) with { Groups = [Streams.Core.Values.SqlValue.Of(huge), Streams.Core.Values.SqlValue.Null] }, .. rows[7..]]);

        Assert.Equal(20, (await world.ViewAsync()).Length);
        Assert.Equal("STR5051", Encoding.UTF8.GetString((await world.ParkedAsync()).Message.Headers.GetLastBytes("streams.dlq.code")));
    }

    [RequiresKafkaFact]
    public async Task Given_the_topic_is_made_anew_under_the_sink_Then_it_is_read_from_its_beginning()
    {
        await using var world = await NewAsync(servers);
        await using var sink = await world.SinkAsync();
        await world.PublishAndWaitAsync(RandomRows(new Random(6), 50));

        await world.DeleteTopicAsync();
        await world.CreateTopicAsync();
        await world.PublishAsync(Row("paid", 30, 1, epoch: 9), Row("new", 30, 1, epoch: 9));

        await Eventually.Async(async () => (await world.ViewAsync()).Count(row => row.Contains(" 30 1 1.50 9 1 ", StringComparison.Ordinal)) == 2, TimeSpan.FromSeconds(30), "rows of the new topic are there");
    }

    [RequiresKafkaFact]
    public async Task Given_Postgres_refuses_for_a_while_Then_the_sink_waits_says_so_and_goes_on()
    {
        await using var world = await NewAsync(servers);
        await using var sink = await world.SinkAsync();
        await world.PublishAndWaitAsync(Row("paid", 0, 1));
        await sink.ReadyAsync();

        await using (var admin = NpgsqlDataSource.Create(servers.Postgres.ConnectionString))
        {
            await RunAsync(admin, $"ALTER DATABASE \"{world.Name}\" ALLOW_CONNECTIONS false");
            await RunAsync(admin, $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{world.Name}'");
            await world.PublishAsync(Row("paid", 0, 2));
            await Eventually.Async(async () => (int)(await sink.ReadinessAsync()).Status == 503, TimeSpan.FromSeconds(20), "it is not ready");
            await RunAsync(admin, $"ALTER DATABASE \"{world.Name}\" ALLOW_CONNECTIONS true");
            world.Store.Clear();
        }

        await Eventually.Async(async () => (await world.ViewAsync()) is ["paid 0 2 1.50 1 2 false"], TimeSpan.FromSeconds(20), "the row is written");
        await sink.ReadyAsync();
    }

    private static async Task RunAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static List<AggregateRow> RandomRows(Random random, int count) =>
    [
        .. Enumerable.Range(0, count).Select(_ =>
        {
            var revision = random.Next(1, 40);
            var epoch = random.Next(1, 3);
            // What a version says is the same whenever it is said.
            return Row(Statuses[random.Next(Statuses.Length)], random.Next(6), revision, epoch, $"{revision}.{epoch}0", isEmpty: revision % 7 == 0);
        }),
    ];
}
