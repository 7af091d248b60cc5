using System.Text;
using System.Transactions;
using Npgsql;
using Streams.Cache.Reading;
using Streams.Cache.Tests.Fixtures;
using Xunit;

namespace Streams.Cache.Tests.Races;

/// <summary>R1, R2, R4 and R10 of the protocol, forced on real servers, and the naive peer beside them.</summary>
[Collection(Servers.Name)]
public sealed class FillRacesTests(CacheRedis redis, CachePostgres postgres)
{
    // The query holds the reader after its snapshot is taken, until the test gives the lock back.
    private const string Held = "SELECT name FROM product WHERE id = 1 AND (SELECT pg_advisory_xact_lock_shared(7)::text) IS NOT NULL";

    [Fact]
    public async Task Given_a_value_read_before_the_commit_When_the_invalidation_lands_first_Then_the_fill_is_refused()
    {
        await using var world = await ShopAsync();
        await using var holder = await LockAsync(world.Source);
        var reading = world.Cache.ReadAsync(FenceWorld.Product(1), new CacheQuery(Held, []), null, default);
        await WaiterAsync(world.Source);

        world.Emit(await world.CommitAsync("UPDATE product SET name = 'new' WHERE id = 1"), "product:1");
        await world.ApplyAsync();
        await world.ProveAsync();
        await holder.ExecuteAsync("SELECT pg_advisory_unlock(7)");

        var read = await reading;
        Assert.Equal(("old", false), (Text(read), read.Stored));
        Assert.Contains("behind-fence", read.Detail, StringComparison.Ordinal);
        Assert.False(await redis.Database.KeyExistsAsync("product:1"));
        await AssertFreshAsync(world, "new");
    }

    [Fact]
    public async Task Given_the_same_race_When_the_cache_is_naive_Then_the_stale_value_survives()
    {
        await using var world = await ShopAsync();
        var naive = new NaiveCacheAside(redis.Database, world.Source);
        await using var holder = await LockAsync(world.Source);
        var reading = naive.ReadAsync("naive:1", Held);
        await WaiterAsync(world.Source);

        await world.CommitAsync("UPDATE product SET name = 'new' WHERE id = 1");
        await naive.InvalidateAsync("naive:1");
        await holder.ExecuteAsync("SELECT pg_advisory_unlock(7)");
        await reading;

        Assert.Equal("old", await naive.ReadAsync("naive:1", Held));
    }

    [Fact]
    public async Task Given_a_commit_that_waits_for_its_standby_When_its_invalidation_is_applied_before_it_is_visible_Then_no_old_value_is_stored()
    {
        await using var world = await ShopAsync();
        var naive = new NaiveCacheAside(redis.Database, world.Source);
        await using var hung = await HungCommit.StartAsync(world.Source, "UPDATE product SET name = 'new' WHERE id = 1");

        // The change stream has it, no reader sees it.
        world.Emit(hung.Xid, "product:1");
        await world.ApplyAsync();
        Assert.True(await world.ProveAsync());
        await naive.InvalidateAsync("naive:1");
        await naive.ReadAsync("naive:1", "SELECT name FROM product WHERE id = 1");
        var read = await world.ReadAsync(1);
        Assert.Equal(("old", false), (Text(read), read.Stored));

        await hung.ReleaseAsync();
        Assert.True(await world.ProveAsync());
        await AssertFreshAsync(world, "new");
        Assert.Equal("old", (string?)await redis.Database.StringGetAsync("naive:1"));
    }

    [Fact]
    public async Task Given_a_hung_commit_When_the_fence_is_floored_anew_Then_the_barrier_waits_for_it()
    {
        await using var world = await ShopAsync();
        await using var hung = await HungCommit.StartAsync(world.Source, "UPDATE product SET name = 'new' WHERE id = 1", world.BeginEpochAsync);

        var newXid = await world.Primary.NewXidAsync(default);
        Assert.False(Protocol.FrontierDecision.BarrierPassed(newXid, (await world.Primary.LookAsync(default)).Snapshot));
        var read = await world.ReadAsync(1);
        Assert.Equal(("old", CacheOutcome.Bypass, false), (Text(read), read.Outcome, read.Stored));

        await hung.ReleaseAsync();
        Assert.True(Protocol.FrontierDecision.BarrierPassed(newXid, (await world.Primary.LookAsync(default)).Snapshot));
    }

    [Fact]
    public async Task Given_an_old_snapshot_in_the_callers_transaction_When_it_reads_Then_the_library_reads_in_its_own()
    {
        await using var world = await ShopAsync();
        using var scope = new TransactionScope(
            TransactionScopeOption.Required, new TransactionOptions { IsolationLevel = IsolationLevel.RepeatableRead }, TransactionScopeAsyncFlowOption.Enabled);
        await using var old = await world.Source.OpenConnectionAsync();
        Assert.Equal("old", await old.ScalarAsync<string>("SELECT name FROM product WHERE id = 1"));
        using (new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled))
        {
            world.Emit(await world.CommitAsync("UPDATE product SET name = 'new' WHERE id = 1"), "product:1");
            await world.ApplyAsync();
            await world.ProveAsync();
        }

        var read = await world.ReadAsync(1);
        Assert.Equal(("new", true), (Text(read), read.Stored));
        Assert.Equal("old", await old.ScalarAsync<string>("SELECT name FROM product WHERE id = 1"));
    }

    [Fact]
    public async Task Given_an_uncommitted_write_of_the_caller_When_it_reads_Then_nothing_that_may_be_rolled_back_is_stored()
    {
        await using var world = await ShopAsync();
        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await using var writer = await world.Source.OpenConnectionAsync();
            await writer.ExecuteAsync("UPDATE product SET name = 'never' WHERE id = 1");
            Assert.Equal("old", Text(await world.ReadAsync(1)));
        }

        await AssertFreshAsync(world, "old");
    }

    internal static string? Text(CachedRead read) => read.Payload is { } payload ? Encoding.UTF8.GetString(payload.Span) : null;

    private static async Task AssertFreshAsync(FenceWorld world, string expected)
    {
        Assert.Equal(expected, Text(await world.ReadAsync(1)));
        var hit = await world.ReadAsync(1);
        Assert.Equal((expected, CacheOutcome.Hit), (Text(hit), hit.Outcome));
    }

    private static async Task<NpgsqlConnection> LockAsync(NpgsqlDataSource source)
    {
        var holder = await source.OpenConnectionAsync();
        await holder.ExecuteAsync("SELECT pg_advisory_lock(7)");
        return holder;
    }

    private static Task WaiterAsync(NpgsqlDataSource source) => Wait.UntilAsync(
        () => source.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)"), "the reader waits inside its statement");

    private async Task<FenceWorld> ShopAsync()
    {
        var world = await FenceWorld.StartAsync(redis, postgres);
        await world.CommitAsync("INSERT INTO product VALUES (1, 'old', 7)");
        return world;
    }
}
