using System.Diagnostics;
using StackExchange.Redis;
using Streams.Cache.Layout;
using Streams.Cache.Protocol;
using Streams.Cache.Store;
using Streams.Cache.Tests.Fixtures;
using Streams.Core.Errors;
using Streams.Core.Fencing;
using Xunit;
using Xunit.Abstractions;

namespace Streams.Cache.Tests.Store;

public sealed class RedisFenceStoreTests(CacheRedis redis, ITestOutputHelper output) : IClassFixture<CacheRedis>
{
    private const long E = 1_700_000_000_000;
    private readonly RedisFenceStore _store = new(redis.Redis, 4);

    [Fact]
    public async Task Given_an_empty_Redis_When_floored_Then_every_slot_has_its_table()
    {
        await redis.EmptyAsync();
        await _store.ReFloorAsync(E, [1, 2, 3, 4], default); // loads the scripts
        var clock = Stopwatch.StartNew();
        await _store.ReFloorAsync(E + 1, [10, 20, 30, 40], default);
        output.WriteLine($"16,384 slots and 4 lanes in {clock.ElapsedMilliseconds} ms");
        Assert.Empty(await _store.AuditFencesAsync(0, CacheSlot.Count, E + 1, default));
        Assert.Equal(29, (long)await redis.Database.HashGetAsync(CacheKeys.Fence(6), "l"));
        Assert.Equal(new LaneState(2, new Frontier(E + 1, Frontier.None), new AppliedPosition(E + 1, 30, null)), (await _store.PollAsync([2], default))[0]);
        Assert.Equal(E + 1, await _store.HighestEpochAsync(default));
    }

    [Fact]
    public async Task Given_scripts_that_Redis_forgot_When_called_Then_they_are_loaded_again()
    {
        await FlooredAsync();
        await redis.Database.ExecuteAsync("SCRIPT", "FLUSH");
        Assert.True(await _store.PublishFrontierAsync(0, new Frontier(E, 5), default));
    }

    [Fact]
    public async Task Given_numbers_near_2_to_the_53_When_applied_Then_nothing_is_rounded()
    {
        const long big = (1L << 53) - 10;
        await redis.EmptyAsync();
        await _store.ReFloorAsync(E, [big, big, big, big], default);
        var target = "product:1";
        var lane = CacheSlot.Of(target).Lane(4);
        await _store.ApplyAsync(new ApplyBatch(lane, E, big, big + 3, null, [new Invalidation(big + 1, target, false, big)]), default);
        Assert.Equal(big + 3, (await _store.PollAsync([lane], default))[0].Applied!.Value.Next);
        Assert.Equal(big + 1, (long)await redis.Database.HashGetAsync(CacheKeys.Fence(CacheSlot.Of(target).Number), CacheSlot.Of(target).Cell));
    }

    [Fact]
    public async Task Given_a_full_Redis_When_applied_Then_deletes_go_through()
    {
        await FlooredAsync();
        await redis.Database.StringSetAsync("product:1", new byte[1000]);
        await redis.Database.ExecuteAsync("CONFIG", "SET", "maxmemory", "1mb");
        try
        {
            await Assert.ThrowsAsync<RedisServerException>(() => redis.Database.StringSetAsync("more", "x"));
            var result = await ApplyAsync(0, "product:1");
            Assert.Equal("product:1", Assert.Single(Assert.IsType<ApplyResult.Applied>(result).Removed));
        }
        finally
        {
            await redis.Database.ExecuteAsync("CONFIG", "SET", "maxmemory", "0");
        }
    }

    [Fact]
    public async Task Given_a_target_of_another_lane_When_applied_Then_the_invariant_stops_it()
    {
        var lane = (CacheSlot.Of("product:1").Lane(4) + 1) % 4;
        var batch = new ApplyBatch(lane, E, 0, 1, null, [new Invalidation(0, "product:1", false, null)]);
        Assert.Equal("STR9001", (await Assert.ThrowsAsync<StreamsException>(() => _store.ApplyAsync(batch, default))).Error.Code);
    }

    [Fact]
    public async Task Given_a_replica_When_written_Then_the_fault_is_transient()
    {
        await FlooredAsync();
        await redis.Database.ExecuteAsync("REPLICAOF", "127.0.0.1", "1");
        try
        {
            var fault = await Assert.ThrowsAsync<StreamsException>(() => ApplyAsync(0, "product:1"));
            Assert.Equal(ErrorKind.Transient, fault.Error.Kind);
        }
        finally
        {
            await redis.Redis.GetServer(redis.Server.Configuration).ExecuteAsync("REPLICAOF", "NO", "ONE");
            await redis.Redis.GetDatabase().PingAsync();
        }
    }

    [Fact]
    public async Task Given_batches_of_200_keys_When_applied_Then_the_rate_is_printed()
    {
        await FlooredAsync();
        var keys = Enumerable.Range(0, 100_000).Select(i => $"product:{i}").Where(key => CacheSlot.Of(key).Lane(4) == 0).Take(20_000).ToArray();
        var value = new ValueHeader(true, E - 1, 1, [new Stamp(0, 1)], new PgSnapshot(1, 1, []), ["product:*"]).Write(new byte[200]);
        await Task.WhenAll(keys.Select(key => redis.Database.StringSetAsync(key, value)));
        var (clock, offset, removed) = (Stopwatch.StartNew(), 0L, 0);
        foreach (var batch in keys.Chunk(200))
        {
            var records = batch.Select((key, i) => new Invalidation(offset + i, key, false, 5)).ToArray();
            var result = await _store.ApplyAsync(new ApplyBatch(0, E, offset, offset + 200, null, [.. records]), default);
            removed += Assert.IsType<ApplyResult.Applied>(result).Removed.Length;
            offset += 200;
        }

        output.WriteLine($"{keys.Length / clock.Elapsed.TotalSeconds:0} keys/s, one batch of 200 at a time");
        Assert.Equal(keys.Length, removed);
    }

    private async Task FlooredAsync()
    {
        await redis.EmptyAsync();
        await _store.ReFloorAsync(E, [0, 0, 0, 0], default);
    }

    private Task<ApplyResult> ApplyAsync(long offset, string target) => _store.ApplyAsync(
        new ApplyBatch(CacheSlot.Of(target).Lane(4), E, offset, offset + 1, null, [new Invalidation(offset, target, false, null)]), default);
}
