using Npgsql;
using Streams.Core.Aggregates;
using Streams.Core.Values;
using Streams.Fixtures;
using static Streams.AnalyticsSink.Tests.Components.SinkWorld;

namespace Streams.AnalyticsSink.Tests.Components;

/// <summary>What is served, and as of when: over new epochs, new definitions, and windows that are dropped.</summary>
[Collection(AnalyticsCollection.Name)]
public sealed class EpochTests(AnalyticsServers servers)
{
    private const int Day = 86_400;

    [RequiresKafkaFact]
    public async Task Given_progress_When_what_it_speaks_of_is_written_Then_the_table_is_as_of_it()
    {
        await using var world = await NewAsync(servers);
        await world.PublishAsync(Row("paid", 0, 5), Row("new", 0, 5));
        await world.ProgressAsync(7);
        await world.ProgressAsync(9);
        Assert.Empty(await world.RowsAsync("SELECT 1 FROM analytics.streams_aggregate WHERE as_of IS NOT NULL", silent: true));

        await using var sink = await world.SinkAsync();

        await world.AsOfAsync(9);
        Assert.Equal(2, (await world.ViewAsync()).Length);
        var served = Assert.Single(await world.RowsAsync("SELECT as_of_lsn::text, epoch::text FROM analytics.streams_aggregate"));
        Assert.Equal("1/9 1", string.Join(' ', served));
    }

    [RequiresKafkaFact]
    public async Task Given_a_new_epoch_Then_it_is_served_when_it_is_whole_and_as_new_and_what_it_does_not_name_is_gone()
    {
        await using var world = await NewAsync(servers);
        await using var sink = await world.SinkAsync();
        await world.PublishAsync(Row("paid", 0, 50), Row("gone", 0, 50));
        await world.ProgressAsync(50);
        await world.AsOfAsync(50);

        // Whole, but older than what is served: analysts keep what they see.
        await world.PublishAndWaitAsync(Row("paid", 0, 40, epoch: 2));
        await world.ProgressAsync(40, epoch: 2);
        await Eventually.Async(async () => await world.RowsAsync("SELECT 1 FROM analytics.streams_as_of WHERE epoch = 2 AND whole") is [_], TimeSpan.FromSeconds(20), "epoch 2 is whole");
        Assert.Equal(["gone 0 50 1.50 1 50 false", "paid 0 40 1.50 2 40 false"], await world.ViewAsync());

        await world.ProgressAsync(51, epoch: 2);
        await world.AsOfAsync(51);
        Assert.Equal(["paid 0 40 1.50 2 40 false"], await world.ViewAsync());

        // A late record of the ended epoch, of a group that is not held.
        await world.PublishAndWaitAsync(Row("late", 0, 60), Row("gone", 0, 60));
        Assert.Equal(["paid 0 40 1.50 2 40 false"], await world.ViewAsync());
    }

    [RequiresKafkaFact]
    public async Task Given_a_new_definition_Then_the_old_table_is_served_until_the_new_one_is_whole()
    {
        await using var world = await NewAsync(servers);
        await world.SqlAsync($"CREATE ROLE \"{world.Name}\"");
        AggregateRow old = Row("paid", 0, 50);
        await using (var before = await world.SinkAsync())
        {
            await world.PublishAsync(old);
            await world.ProgressAsync(50);
            await world.AsOfAsync(50);
            await world.SqlAsync($"GRANT SELECT ON analytics.{world.Name} TO \"{world.Name}\"");

            // The processors have the new definition already; the sink has not, and leaves its records alone.
            await world.DeclareAsync("items: count", groups: "status", where: "amount > 0");
            await world.PublishAsync(Narrow("paid", 3, epoch: 2));
            await world.PublishAsync(Narrow("new", 3, epoch: 2));
            await Eventually.Async(async () => (await before.Client.GetStringAsync("/metrics")).Contains($"aggregate=\"{world.Name}\",reason=\"definition\"}} 2", StringComparison.Ordinal), TimeSpan.FromSeconds(20), "they are passed over");
            Assert.Equal(["paid 0 50 1.50 1 50 false"], await world.ViewAsync());
        }

        await using var after = await world.SinkAsync();
        await world.PublishAndWaitAsync(Narrow("sent", 3, epoch: 2));
        await world.ProgressAsync(70, epoch: 2, isPublished: false);
        await world.ProgressAsync(49, epoch: 2, definition: null);
        Assert.Equal(["paid 0 50 1.50 1 50 false"], await world.ViewAsync());

        await world.ProgressAsync(50, epoch: 2);
        await Eventually.Async(async () => await world.RowsAsync("SELECT 1 FROM analytics.streams_aggregate WHERE epoch = 2") is [_], TimeSpan.FromSeconds(20), "the new table is served");
        var rows = await world.RowsAsync($"SELECT status, items::text, streams_epoch::text FROM analytics.{world.Name} ORDER BY status COLLATE \"C\"");
        Assert.Equal(["new 3 2", "paid 3 2", "sent 3 2"], rows.Select(row => string.Join(' ', row)));
        Assert.Single(await world.RowsAsync("SELECT 1 FROM analytics.streams_table"));
        Assert.Equal("True", Assert.Single(await world.RowsAsync($"SELECT has_table_privilege('{world.Name}', 'analytics.{world.Name}', 'SELECT')"))[0]);
    }

    [RequiresKafkaFact]
    public async Task Given_a_view_of_an_analyst_stands_on_the_old_table_Then_it_stays_and_the_reason_is_logged()
    {
        await using var world = await NewAsync(servers);
        await using (var before = await world.SinkAsync())
        {
            await world.PublishAsync(Row("paid", 0, 50));
            await world.ProgressAsync(50);
            await world.AsOfAsync(50);
        }

        await world.SqlAsync($"CREATE VIEW mine AS SELECT sum(revenue) AS revenue FROM analytics.{world.Name}");
        await world.DeclareAsync("items: count", groups: "status");
        await using var after = await world.SinkAsync();
        await world.PublishAndWaitAsync(Narrow("paid", 3, epoch: 2));
        await world.ProgressAsync(60, epoch: 2);
        await Eventually.Async(async () => await world.RowsAsync("SELECT 1 FROM analytics.streams_as_of WHERE epoch = 2 AND whole") is [_], TimeSpan.FromSeconds(20), "epoch 2 is whole");
        Assert.Equal("1.50", Assert.Single(await world.RowsAsync("SELECT revenue FROM mine"))[0]);

        await world.SqlAsync("DROP VIEW mine");
        await world.AsOfAsync(60);
    }

    [RequiresKafkaFact]
    public async Task Given_an_instance_with_the_old_definition_Then_it_stops_when_its_table_is_gone()
    {
        await using var world = await NewAsync(servers);
        await using var stale = await world.ProcessAsync();
        await world.PublishAndWaitAsync(Row("paid", 0, 50));

        await world.SqlAsync($"DO $$ DECLARE r text; BEGIN SELECT relation INTO r FROM analytics.streams_table; EXECUTE format('DROP VIEW analytics.{world.Name}; DROP TABLE analytics.%I', r); DELETE FROM analytics.streams_table; END $$");
        await world.PublishAsync(Row("paid", 0, 51));

        Assert.Equal(78, await stale.ExitAsync());
    }

    [RequiresKafkaFact]
    public async Task Given_windows_that_are_dropped_Then_they_are_deleted_and_do_not_come_back()
    {
        await using var world = await NewAsync(servers);
        await using var sink = await world.SinkAsync();
        await world.PublishAsync(Row("paid", 0, 5), Row("paid", 60, 5));
        await world.ProgressAsync(10);
        await world.AsOfAsync(10);

        // Retained is one day, dropped windows are kept for one hour more.
        await world.PublishAsync(Row("paid", 0, 6, isEmpty: true));
        await world.ProgressAsync(Day + 3_600);
        await world.AsOfAsync(Day + 3_600);
        Assert.Equal(["paid 60 5 1.50 1 5 false"], await world.ViewAsync());
        Assert.Equal("2", await CountAsync(world));

        await world.ProgressAsync(Day + 7_201);
        await Eventually.Async(async () => await CountAsync(world) == "1", TimeSpan.FromSeconds(20), "the window is deleted");
        await world.PublishAndWaitAsync(Row("paid", 0, 4), Row("paid", 0, 99));
        Assert.Equal(["paid 60 5 1.50 1 5 false"], await world.ViewAsync());
    }

    private static async Task<string?> CountAsync(SinkWorld world)
    {
        var relation = Assert.Single(await world.RowsAsync("SELECT relation FROM analytics.streams_table"))[0];
        return Assert.Single(await world.RowsAsync($"SELECT count(*)::text FROM analytics.{relation}"))[0];
    }

    private static AggregateRow Narrow(string status, long items, long epoch) => new(
        [SqlValue.Of(status)], Start, Start + Hour, [MeasureValue.Of(SqlValue.Of(items))], new AggregateVersion(epoch, items, false), new AsOf([items], null, null));
}
