using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Streams.Cache.Protocol;
using Streams.Fixtures;
using Streams.InvalidationSink.Host.Background;
using Streams.InvalidationSink.Host.Observing;

namespace Streams.InvalidationSink.Tests.Units;

public sealed class ReaperTests : IDisposable
{
    private readonly SinkMetrics _metrics = new(TimeProvider.System, new SinkStatus());
    private readonly Members _members = new();
    private readonly Reaper _reaper;

    public ReaperTests() => _reaper = new Reaper(
        new CurrentFence { Store = _members }, 10, TimeSpan.Zero, _metrics, new Outages(NullLogger.Instance), TimeProvider.System);

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public async Task Given_tags_with_many_members_When_reaped_Then_batch_by_batch_and_in_turns()
    {
        (_members.Left["a"], _members.Left["b"]) = (25, 15);
        _reaper.Add("a", 0, 5);
        _reaper.Add("b", 0, 6);

        await RunAsync(() => _reaper.Waiting == 0 && _members.Left.Values.All(left => left == 0));

        Assert.Equal(["a", "b", "a", "b", "a"], _members.Calls);
    }

    [Fact]
    public void Given_a_tag_waits_When_it_is_invalidated_again_Then_it_waits_once_and_holds_the_first_offset()
    {
        _reaper.Add("a", 2, 5);
        _reaper.Add("a", 2, 9);
        _reaper.Add("b", 1, 3);

        Assert.Equal(2, _reaper.Waiting);
        Assert.Equal(5, _reaper.Reaped(2, 10));
        Assert.Equal(3, _reaper.Reaped(1, 10));
        Assert.Equal(10, _reaper.Reaped(0, 10));
    }

    [Fact]
    public void Given_a_lane_is_held_Then_nothing_is_said_of_it_until_it_is_released()
    {
        _reaper.Hold(2);
        Assert.Null(_reaper.Reaped(2, 10));

        _reaper.Release(2);
        Assert.Equal(10, _reaper.Reaped(2, 10));
    }

    private async Task RunAsync(Func<bool> done)
    {
        using var stop = new CancellationTokenSource();
        var running = _reaper.RunAsync(stop.Token);
        await Eventually.Async(done, TimeSpan.FromSeconds(10), "everything is reaped");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private sealed class Members : IFenceStore
    {
        public Dictionary<string, int> Left { get; } = [];

        public List<string> Calls { get; } = [];

        public Task<ReapResult> ReapAsync(string tag, int max, CancellationToken cancellationToken)
        {
            Calls.Add(tag);
            var removed = Math.Min(max, Left[tag]);
            Left[tag] -= removed;
            return Task.FromResult(new ReapResult(removed, Left[tag] > 0));
        }

        public Task<ApplyResult> ApplyAsync(ApplyBatch batch, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<ImmutableArray<LaneState>> PollAsync(IReadOnlyCollection<int> lanes, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<ImmutableArray<int>> AuditFencesAsync(int firstSlot, int count, long epoch, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<bool> PublishFrontierAsync(int lane, Frontier frontier, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task ReFloorAsync(long epoch, IReadOnlyList<long> nextOffsets, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task RestoreFencesAsync(IReadOnlyCollection<int> slots, long epoch, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<long> HighestEpochAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
