using Streams.Fixtures;

namespace Streams.InvalidationSink.Tests.Components;

/// <summary>The sink on real Kafka, Redis and Postgres: the ordinary path, restarts, several instances, visibility.</summary>
[Collection(SinkCollection.Name)]
public sealed class SinkTests(SinkServers servers)
{
    [RequiresKafkaFact]
    public async Task Given_a_cached_value_When_its_invalidation_arrives_Then_it_is_gone_and_can_be_cached_again()
    {
        await using var world = await SinkWorld.NewAsync(servers);
        await world.WriteAsync(1, "old");
        await using var sink = await world.SinkAsync();
        await sink.ReadyAsync();
        await world.FillAsync(1);

        await world.ChangeAsync(1, "new", "item:1");

        await world.GoneAsync("item:1");
        Assert.Equal("new", SinkWorld.Text(await world.ReadAsync(1)));
        await world.FillAsync(1);
        Assert.Contains("streams_cache_staleness_seconds_count{rule=\"item\",table=\"public.item\"} 1", await sink.MetricsAsync(), StringComparison.Ordinal);
    }

    [RequiresKafkaFact]
    public async Task Given_a_stopped_sink_When_it_starts_again_Then_it_goes_on_where_Redis_stands()
    {
        await using var world = await SinkWorld.NewAsync(servers);
        await world.WriteAsync(1, "old");
        long? epoch;
        await using (var sink = await world.SinkAsync())
        {
            await sink.ReadyAsync();
            epoch = await sink.EpochAsync();
            await world.FillAsync(1);
            await world.AppliedAsync(await world.EmitAsync("item:2", await world.WriteAsync(2, "x")));
        }

        await world.ChangeAsync(1, "new", "item:1");
        Assert.True(await world.ExistsAsync("item:1"));
        await using var restarted = await world.SinkAsync();

        await world.GoneAsync("item:1");
        await restarted.ReadyAsync();
        Assert.Equal(epoch, await restarted.EpochAsync());
    }

    [RequiresKafkaFact]
    public async Task Given_two_instances_When_one_goes_Then_the_other_takes_over_its_lanes()
    {
        await using var world = await SinkWorld.NewAsync(servers);
        await using var first = await world.SinkAsync();
        await first.ReadyAsync();
        var second = await world.SinkAsync();
        await second.ReadyAsync();
        await Eventually.Async(
            async () => await first.LaneCountAsync() == 2 && await second.LaneCountAsync() == 2, TimeSpan.FromSeconds(30), "two lanes each");
        for (var id = 0; id < 16; id++)
        {
            await world.WriteAsync(id, "old");
            await world.FillAsync(id);
            await world.ChangeAsync(id, "new", $"item:{id}");
        }

        for (var id = 0; id < 16; id++)
        {
            await world.GoneAsync($"item:{id}");
            await world.FillAsync(id);
        }

        await second.DisposeAsync();
        for (var id = 0; id < 16; id++)
        {
            await world.ChangeAsync(id, "newer", $"item:{id}");
        }

        for (var id = 0; id < 16; id++)
        {
            await world.GoneAsync($"item:{id}");
        }
    }

    [RequiresKafkaFact]
    public async Task Given_a_commit_that_hangs_in_synchronous_replication_When_its_invalidation_is_applied_Then_nobody_fills_before_it_is_visible()
    {
        await using var world = await SinkWorld.NewAsync(servers);
        await world.WriteAsync(1, "old");
        await using var sink = await world.SinkAsync();
        await sink.ReadyAsync();
        await world.FillAsync(1);
        await using var connection = await world.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var update = new Npgsql.NpgsqlCommand("UPDATE item SET body = 'new' WHERE id = 1 RETURNING pg_current_xact_id()::text", connection);
        var xid = ulong.Parse((string)(await update.ExecuteScalarAsync())!, System.Globalization.CultureInfo.InvariantCulture);
        await using var standby = await AbsentStandby.RequireAsync(world.Source);
        var commit = transaction.CommitAsync();
        await world.AppliedAsync(await world.EmitAsync("item:1", xid));

        var during = await world.ReadAsync(1);
        Assert.Equal(("old", false), (SinkWorld.Text(during), during.Stored));
        Assert.False(await world.ExistsAsync("item:1"));

        await standby.ReleaseAsync();
        await commit;
        await world.FillAsync(1);
        Assert.Equal("new", SinkWorld.Text(await world.ReadAsync(1)));
    }

    [RequiresKafkaFact]
    public async Task Given_a_cached_list_When_its_tag_is_invalidated_Then_its_members_go_for_plain_readers_too()
    {
        await using var world = await SinkWorld.NewAsync(servers);
        await world.WriteAsync(1, "list");
        await using var sink = await world.SinkAsync();
        await sink.ReadyAsync();
        await world.FillAsync(1, "page", "items:a:*");

        await world.ChangeAsync(1, "new", "items:a:*");

        await world.GoneAsync("page:1");
    }

    [RequiresKafkaFact]
    public async Task Given_a_cached_value_of_strategy_refresh_When_it_is_invalidated_Then_the_sink_fills_the_new_one()
    {
        await using var world = await SinkWorld.NewAsync(servers);
        await world.WriteAsync(1, "old");
        await using var sink = await world.SinkAsync();
        await sink.ReadyAsync();
        await world.FillAsync(1, "fresh");

        await world.ChangeAsync(1, "new", "fresh:1", Schemas.Strategy.REFRESH);

        await Eventually.Async(
            async () => (string?)await world.Redis.GetDatabase().StringGetAsync("fresh:1") is { } value && value.EndsWith("new", StringComparison.Ordinal),
            TimeSpan.FromSeconds(10),
            "the new value without a reader");
    }
}
