using Streams.Cache.Layout;
using Streams.Cache.Protocol;
using Streams.Cache.Reading;
using Streams.Cache.Store;
using Streams.Cache.Tests.Fixtures;
using Streams.Core.Fencing;
using Xunit;

namespace Streams.Cache.Tests.Store;

/// <summary>Members of a tag go for plain GET clients too, in bounded steps, and fresh ones stay.</summary>
public sealed class ReapTests(CacheRedis redis) : IClassFixture<CacheRedis>
{
    private const long E = 7;
    private const string Tag = "list:7:*";
    private readonly RedisFenceStore _store = new(redis.Redis, 1);

    [Fact]
    public async Task Given_old_and_fresh_members_When_reaped_Then_only_old_ones_go_and_it_ends()
    {
        await FlooredAsync();
        await FillAsync(0, 250, stamp: 4);
        await InvalidateAsync(5);
        await FillAsync(250, 100, stamp: 5);

        Assert.Equal((250, 4), await ReapAllAsync(max: 100));
        Assert.Equal(100, await PresentAsync(350));
        Assert.Equal((0, 1), await ReapAllAsync(max: 100));
    }

    [Fact]
    public async Task Given_a_reap_under_way_When_the_fence_rises_again_Then_the_next_round_takes_the_rest()
    {
        await FlooredAsync();
        await FillAsync(0, 50, stamp: 4);
        await InvalidateAsync(5);
        await FillAsync(50, 50, stamp: 5);
        Assert.True((await _store.ReapAsync(Tag, 10, default)).More);
        await InvalidateAsync(6);

        await ReapAllAsync(max: 10);
        Assert.Equal(0, await PresentAsync(100));
    }

    [Fact]
    public async Task Given_a_raised_tag_fence_When_an_older_read_is_filled_Then_it_is_refused()
    {
        await FlooredAsync();
        await InvalidateAsync(5);
        Assert.Equal(FillOutcome.BehindTagFence, await FillAsync("list:7:late", 4, 5));
    }

    [Fact]
    public async Task Given_members_whose_values_expired_When_others_are_filled_Then_they_leave_the_set()
    {
        await FlooredAsync();
        await FillAsync(0, 20, stamp: 4, TimeSpan.FromMilliseconds(1));
        await Wait.UntilAsync(async () => await PresentAsync(20) == 0, "the values expire");
        await FillAsync(20, 2, stamp: 4);
        Assert.Equal(2, await redis.Database.SortedSetLengthAsync(CacheKeys.Members(Tag)));
        Assert.InRange((await redis.Database.KeyTimeToLiveAsync(CacheKeys.Members(Tag)))!.Value, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Given_values_of_an_older_epoch_When_reaped_after_a_re_floor_Then_they_go()
    {
        await FlooredAsync();
        await FillAsync(0, 30, stamp: 4);
        await _store.ReFloorAsync(E + 1, [0], default);
        Assert.Equal((30, 1), await ReapAllAsync(max: 100));
    }

    private async Task FlooredAsync()
    {
        await redis.EmptyAsync();
        await _store.ReFloorAsync(E, [0], default);
    }

    private Task InvalidateAsync(long offset) =>
        _store.ApplyAsync(new ApplyBatch(0, E, 0, offset + 1, null, [new Invalidation(offset, Tag, true, null)]), default);

    private async Task FillAsync(int first, int count, long stamp, TimeSpan? timeToLive = null)
    {
        for (var i = first; i < first + count; i++)
        {
            Assert.Equal(FillOutcome.Accepted, await FillAsync($"list:7:{i}", stamp, stamp, timeToLive));
        }
    }

    private Task<FillOutcome> FillAsync(string key, long stamp, long keyStamp, TimeSpan? timeToLive = null)
    {
        var header = new ValueHeader(true, E, 1, [new Stamp(0, Math.Min(stamp, keyStamp))], new PgSnapshot(1, 1, []), [Tag]);
        return new FencedValues(redis.Redis).FillAsync(
            ReadPlan.For(key, [Tag], 1), E, header.Stamps, header.Write("x"u8), timeToLive ?? TimeSpan.FromMinutes(1));
    }

    private async Task<(int Removed, int Steps)> ReapAllAsync(int max)
    {
        var (removed, steps) = (0, 0);
        ReapResult result;
        do
        {
            result = await _store.ReapAsync(Tag, max, default);
            (removed, steps) = (removed + result.Removed, steps + 1);
        }
        while (result.More && steps < 1000);
        return (removed, steps);
    }

    private async Task<int> PresentAsync(int count)
    {
        var present = await Task.WhenAll(Enumerable.Range(0, count).Select(i => redis.Database.KeyExistsAsync($"list:7:{i}")));
        return present.Count(exists => exists);
    }
}
