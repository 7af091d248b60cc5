using StackExchange.Redis;
using Streams.Cache.Layout;
using Streams.Cache.Protocol;
using Streams.Cache.Reading;
using Streams.Cache.Tests.Fixtures;
using Streams.Core.Fencing;
using Xunit;
using static Streams.Cache.Tests.Races.FillRacesTests;

namespace Streams.Cache.Tests.Races;

/// <summary>R8, R11, R13 and FLUSHALL: what Redis or Postgres lost must never make an old value look fresh.</summary>
[Collection(Servers.Name)]
public sealed class LostStateTests(CacheRedis redis, CachePostgres postgres)
{
    private static readonly int Slot = CacheSlot.Of("product:1").Number;

    [Fact]
    public async Task Given_a_lost_fence_table_When_read_Then_nothing_is_hit_or_filled_until_it_is_restored()
    {
        await using var world = await ShopAsync();
        await world.ReadAsync(1);
        await redis.Database.KeyDeleteAsync(CacheKeys.Fence(Slot));

        var read = await world.ReadAsync(1);
        Assert.Equal((CacheOutcome.Miss, false), (read.Outcome, read.Stored));
        Assert.Contains(await world.PollAsync(), step => step.Action == PollAction.RestoreFence);
        Assert.Equal(Slot, Assert.Single(await world.Store.AuditFencesAsync(0, CacheSlot.Count, world.Epoch.Number, default)));

        await world.Store.RestoreFencesAsync([Slot], world.Epoch.Number, default);
        Assert.Equal(CacheOutcome.Hit, (await world.ReadAsync(1)).Outcome);
        Assert.All(await world.PollAsync(), step => Assert.Equal(PollAction.Continue, step.Action));
    }

    [Fact]
    public async Task Given_a_flushed_Redis_When_read_and_applied_Then_everything_is_refused_until_it_is_floored_anew()
    {
        await using var world = await ShopAsync();
        await world.ReadAsync(1);
        await redis.EmptyAsync();

        var read = await world.ReadAsync(1);
        Assert.Equal(("old", CacheOutcome.Bypass, false), (Text(read), read.Outcome, read.Stored));
        world.Emit(await world.CommitAsync("UPDATE product SET name = 'new' WHERE id = 1"), "product:1");
        Assert.IsType<ApplyResult.Lost>(await world.ApplyAsync());
        Assert.All(await world.PollAsync(), step => Assert.Equal(PollAction.ReFloor, step.Action));

        await world.ReFloorAsync();
        var after = await world.ReadAsync(1);
        Assert.True(after.Stored, after.Detail);
        Assert.Equal("new", Text(await world.ReadAsync(1)));
    }

    [Fact]
    public async Task Given_a_floor_before_its_barrier_When_read_Then_old_values_are_dead_and_none_is_filled()
    {
        await using var world = await ShopAsync();
        await world.ReadAsync(1);
        await world.BeginEpochAsync();

        var read = await world.ReadAsync(1);
        Assert.Equal((CacheOutcome.Bypass, false), (read.Outcome, read.Stored));
        Assert.StartsWith("no-frontier", read.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_Redis_that_fell_back_to_an_older_copy_When_polled_Then_the_sink_reads_again_and_the_stale_value_goes()
    {
        await using var world = await ShopAsync();
        await world.ReadAsync(1);
        var copy = await DumpAsync();
        world.Emit(await world.CommitAsync("UPDATE product SET name = 'new' WHERE id = 1"), "product:1");
        await world.ApplyAsync();
        await world.ProveAsync();
        await RestoreAsync(copy);
        Assert.Equal("old", Text(await world.ReadAsync(1)));

        var lane = CacheSlot.Of("product:1").Lane(FenceWorld.Lanes);
        Assert.Equal(new PollStep(PollAction.Rewind, 0), (await world.PollAsync())[lane]);
        world.Rewind(lane, 0);
        Assert.Equal("product:1", Assert.Single(Assert.IsType<ApplyResult.Applied>(await world.ApplyAsync()).Removed));
        await world.ProveAsync();
        Assert.Equal("new", Text(await world.ReadAsync(1)));
    }

    [Fact]
    public async Task Given_a_Redis_that_fell_back_When_the_next_batch_arrives_Then_it_is_refused_with_the_position_to_read_from()
    {
        await using var world = await ShopAsync();
        await world.ReadAsync(1);
        var copy = await DumpAsync();
        world.Emit(await world.CommitAsync("UPDATE product SET name = 'new' WHERE id = 1"), "product:1");
        await world.ApplyAsync();
        await RestoreAsync(copy);

        world.Emit(await world.CommitAsync("UPDATE product SET name = 'newer' WHERE id = 1"), "product:1");
        Assert.IsType<ApplyResult.Applied>(await world.ApplyAsync()); // follows the rewind
        Assert.False(await redis.Database.KeyExistsAsync("product:1"));
    }

    [Fact]
    public async Task Given_commits_lost_in_a_crash_of_Postgres_When_the_epoch_moves_Then_their_values_are_dead()
    {
        await using var world = await ShopAsync();
        await world.Source.ExecuteAsync("ALTER SYSTEM SET wal_writer_delay = '10s'");
        await world.Source.ExecuteAsync("SELECT pg_reload_conf()");
        await world.Source.ExecuteAsync("CHECKPOINT");
        var xid = await world.CommitAsync("SET LOCAL synchronous_commit = off; UPDATE product SET name = 'lost' WHERE id = 1");
        world.Emit(xid, "product:1");
        await world.ApplyAsync();
        await world.ProveAsync();
        Assert.Equal("lost", Text(await world.ReadAsync(1)));

        await postgres.Server.KillAsync();
        await postgres.Server.StartAsync();
        world.Source.Clear();
        Assert.Equal("old", await world.Source.ScalarAsync<string>("SELECT name FROM product WHERE id = 1"));
        Assert.False(await world.ProveAsync());
        await redis.Database.KeyDeleteAsync("product:2");
        var other = await world.ReadAsync(2);
        Assert.False(other.Stored);
        Assert.Contains("other-history", other.Detail, StringComparison.Ordinal);

        await world.ReFloorAsync();
        Assert.Equal("old", Text(await world.ReadAsync(1)));
        Assert.Equal(("old", CacheOutcome.Hit), (Text(await world.ReadAsync(1)), (await world.ReadAsync(1)).Outcome));
    }

    [Fact]
    public async Task Given_a_late_sink_of_an_older_epoch_When_it_applies_or_publishes_Then_it_is_told_that_it_is_foreign()
    {
        await using var world = await ShopAsync();
        var old = world.Epoch.Number;
        await world.ReFloorAsync();
        var lane = CacheSlot.Of("product:1").Lane(FenceWorld.Lanes);

        var answer = await world.Store.ApplyAsync(new ApplyBatch(lane, old, 0, 1, null, [new Invalidation(0, "product:1", false, null)]), default);
        Assert.Equal(new ApplyResult.Foreign(world.Epoch.Number), answer);
        Assert.False(await world.Store.PublishFrontierAsync(lane, new Frontier(old, 99), default));
    }

    private async Task<FenceWorld> ShopAsync()
    {
        var world = await FenceWorld.StartAsync(redis, postgres);
        await world.CommitAsync("INSERT INTO product VALUES (1, 'old', 7)");
        return world;
    }

    private async Task<List<(RedisKey Key, byte[] Value)>> DumpAsync()
    {
        var keys = (RedisKey[])(await redis.Database.ExecuteAsync("KEYS", "*"))!;
        var copy = new List<(RedisKey, byte[])>();
        foreach (var batch in keys.Chunk(2000))
        {
            var dumps = await Task.WhenAll(batch.Select(key => redis.Database.KeyDumpAsync(key)));
            copy.AddRange(batch.Zip(dumps, (key, dump) => (key, dump!)));
        }

        return copy;
    }

    private async Task RestoreAsync(List<(RedisKey Key, byte[] Value)> copy)
    {
        await redis.EmptyAsync();
        foreach (var batch in copy.Chunk(2000))
        {
            await Task.WhenAll(batch.Select(pair => redis.Database.KeyRestoreAsync(pair.Key, pair.Value)));
        }
    }
}
