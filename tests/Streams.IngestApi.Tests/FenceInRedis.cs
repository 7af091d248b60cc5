using Streams.Cache.Protocol;
using Streams.Cache.Store;
using Streams.Core.Fencing;
using Streams.Postgres;

namespace Streams.IngestApi.Tests;

/// <summary>The sink's part by hand: an epoch with proven frontiers, and invalidations when the test says so.</summary>
internal sealed class FenceInRedis
{
    private const int Lanes = 4;
    private const long Start = 10;
    private readonly RedisFenceStore _store;
    private readonly long _epoch;
    private readonly long[] _next = [.. Enumerable.Repeat(Start, Lanes)];

    private FenceInRedis(RedisFenceStore store, long epoch) => (_store, _epoch) = (store, epoch);

    /// <summary>Begins a new epoch on the fixture's Redis: everything cached before is dead.</summary>
    public static async Task<FenceInRedis> BeginAsync(ApiFixture fixture)
    {
        var (store, primary) = (new RedisFenceStore(fixture.Redis.Connection, Lanes), new Primary(fixture.Database));
        var before = await primary.ReadEpochAsync(CancellationToken.None);
        var epoch = await primary.AdvanceEpochAsync(before?.Number, 0, $"test/{Lanes}", CancellationToken.None);
        await store.ReFloorAsync(epoch!.Number, [.. Enumerable.Repeat(Start, Lanes)], CancellationToken.None);
        var fence = new FenceInRedis(store, epoch.Number);
        for (var lane = 0; lane < Lanes; lane++)
        {
            await fence.PublishAsync(lane);
        }

        // The reader looks at the epoch's record at most every so often: until it has, it passes by the cache.
        await Streams.Fixtures.Eventually.Async(
            async () => !(await fixture.Client.GetAsync("/v1/orders/8007199254740000")).Header("Cache-Status").Contains("bypass", StringComparison.Ordinal),
            TimeSpan.FromSeconds(10),
            "the reader knows the epoch");
        return fence;
    }

    /// <summary>One invalidation, applied and proven visible.</summary>
    public async Task InvalidateAsync(string target)
    {
        var lane = CacheSlot.Of(target).Lane(Lanes);
        var offset = _next[lane]++;
        var record = new Invalidation(offset, target, target.Contains('*', StringComparison.Ordinal), null);
        Assert.IsType<ApplyResult.Applied>(await _store.ApplyAsync(new ApplyBatch(lane, _epoch, offset, offset + 1, null, [record]), CancellationToken.None));
        await PublishAsync(lane);
    }

    private async Task PublishAsync(int lane) =>
        Assert.True(await _store.PublishFrontierAsync(lane, new Frontier(_epoch, _next[lane] - 1), CancellationToken.None));
}
