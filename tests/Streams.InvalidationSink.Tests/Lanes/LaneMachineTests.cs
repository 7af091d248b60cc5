using System.Collections.Immutable;
using Streams.Cache.Protocol;
using Streams.Core.Fencing;
using Streams.InvalidationSink.Lanes;

namespace Streams.InvalidationSink.Tests.Lanes;

public sealed class LaneMachineTests
{
    private const long Epoch = 7;

    [Fact]
    public void Given_a_frontier_behind_the_position_When_loaded_Then_reads_again_from_behind_the_frontier()
    {
        var step = Load(frontier: 4, next: 10);

        Assert.Equal(new LaneEffect.Read(5, 3), Assert.Single(step.Effects));
        Assert.Equal((5, 4, LanePhase.Applying), (step.Lane.Next, step.Lane.Proven, step.Lane.Phase));
        Assert.False(step.Lane.NeedsBarrier);
    }

    [Fact]
    public void Given_no_frontier_of_this_epoch_When_loaded_Then_needs_a_barrier_and_reads_from_the_position()
    {
        var step = LaneMachine.Load(SinkLane.Assigned(1), Stored(new Frontier(Epoch - 1, 9), 10), Epoch);

        Assert.True(step.Lane.NeedsBarrier);
        Assert.Equal(10, step.Lane.Next);
    }

    [Fact]
    public void Given_an_idle_lane_When_records_arrive_Then_they_are_dropped()
    {
        Assert.Empty(LaneMachine.Take(SinkLane.Assigned(1), Batch(3, 3)).Effects);
    }

    [Fact]
    public void Given_a_gap_before_the_first_record_When_taken_Then_the_batch_begins_at_the_position()
    {
        var lane = Load(frontier: 4, next: 5).Lane;

        var apply = Assert.IsType<LaneEffect.Apply>(Assert.Single(LaneMachine.Take(lane, Batch(8, 9)).Effects));

        Assert.Equal((5, 10, 2), (apply.Batch.First, apply.Batch.Next, apply.Batch.Records.Length));
    }

    [Fact]
    public void Given_records_below_the_position_When_taken_Then_they_are_left_out()
    {
        var lane = Load(frontier: 4, next: 5).Lane;

        var apply = Assert.IsType<LaneEffect.Apply>(Assert.Single(LaneMachine.Take(lane, Batch(3, 6)).Effects));

        Assert.Equal([5, 6], apply.Batch.Records.Select(record => record.Offset));
        Assert.Empty(LaneMachine.Take(lane, Batch(2, 4)).Effects);
    }

    [Fact]
    public void Given_a_transaction_that_is_not_visible_When_the_keeper_looks_Then_the_frontier_stops_before_it()
    {
        var lane = Applied(Load(frontier: 4, next: 5).Lane, Batch(5, 7, offset => offset == 6 ? 120ul : 100ul));

        var step = LaneMachine.Look(lane, PgSnapshot.Parse("110:130:110,120"));

        Assert.Equal(new LaneEffect.Publish(new Frontier(Epoch, 5)), Assert.Single(step.Effects));
        Assert.True(step.Lane.HasUnproven);
        Assert.Equal(7, LaneMachine.Look(step.Lane, PgSnapshot.Parse("125:130:125")).Lane.Proven);
    }

    [Fact]
    public void Given_a_hung_commit_above_xmax_When_the_keeper_looks_Then_the_frontier_stops_before_it()
    {
        var lane = Applied(Load(frontier: 4, next: 5).Lane, Batch(5, 5, _ => 140ul));

        Assert.Empty(LaneMachine.Look(lane, PgSnapshot.Parse("130:130:")).Effects);
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public void Given_an_answer_that_is_not_applied_Then_the_lane_halts_and_polls(ApplyResult answer)
    {
        var lane = Load(frontier: 4, next: 5).Lane;

        var step = LaneMachine.Answer(lane, Batch(5, 6), answer);

        Assert.Equal((LanePhase.Halted, 5L), (step.Lane.Phase, step.Lane.Next));
        Assert.IsType<LaneEffect.PollNow>(Assert.Single(step.Effects));
        Assert.Empty(LaneMachine.Take(step.Lane, Batch(5, 6)).Effects);
    }

    public static TheoryData<ApplyResult> Refusals => [new ApplyResult.Foreign(9), new ApplyResult.Lost(), new ApplyResult.Rewind(2)];

    [Fact]
    public void Given_Redis_went_back_in_time_When_polled_Then_reads_from_its_position_and_keeps_what_is_proven()
    {
        var lane = Applied(Load(frontier: 4, next: 5).Lane, Batch(5, 9));
        lane = LaneMachine.Look(lane, Snapshot(200)).Lane;

        var step = LaneMachine.Poll(lane, lane, Stored(new Frontier(Epoch, 4), 6), Epoch);

        Assert.Equal(new LaneEffect.Read(6, 3), Assert.Single(step.Effects));
        Assert.Equal((6, 9), (step.Lane.Next, step.Lane.Proven));
    }

    [Fact]
    public void Given_a_batch_was_applied_after_Redis_was_asked_When_polled_Then_that_is_no_rewind()
    {
        var asked = Load(frontier: 4, next: 5).Lane;
        var now = Applied(asked, Batch(5, 9));

        Assert.Empty(LaneMachine.Poll(now, asked, Stored(new Frontier(Epoch, 4), 5), Epoch).Effects);
    }

    [Fact]
    public void Given_a_lost_position_When_polled_Then_a_new_epoch_is_asked_for()
    {
        var lane = Load(frontier: 4, next: 5).Lane;

        var step = LaneMachine.Poll(lane, lane, new LaneState(1, null, null), Epoch);

        Assert.IsType<LaneEffect.ReFloor>(Assert.Single(step.Effects));
        Assert.Equal(LanePhase.Halted, step.Lane.Phase);
    }

    [Fact]
    public void Given_a_newer_durable_epoch_When_polled_Then_the_zombie_reloads()
    {
        var lane = Load(frontier: 4, next: 5).Lane;

        Assert.IsType<LaneEffect.Reload>(Assert.Single(LaneMachine.Poll(lane, lane, Stored(null, 5), Epoch + 1).Effects));
    }

    [Fact]
    public void Given_a_lost_frontier_When_polled_Then_the_proven_one_is_published_again()
    {
        var lane = Load(frontier: 4, next: 5).Lane;

        Assert.Equal(
            new LaneEffect.Publish(new Frontier(Epoch, 4)),
            Assert.Single(LaneMachine.Poll(lane, lane, Stored(null, 5), Epoch).Effects));
    }

    [Fact]
    public void Given_a_foreign_frontier_below_what_was_read_When_polled_Then_it_is_not_adopted()
    {
        var lane = LaneMachine.Load(SinkLane.Assigned(1), Stored(new Frontier(Epoch, Frontier.None), 50), Epoch).Lane;

        var polled = LaneMachine.Poll(lane, lane, Stored(new Frontier(Epoch, 30), 50), Epoch).Lane;

        Assert.True(polled.NeedsBarrier);
        Assert.Equal(59, LaneMachine.PassBarrier(polled, 60).Lane.Proven);
    }

    [Fact]
    public void Given_a_barrier_that_ended_below_what_was_read_When_it_passes_Then_it_proves_nothing()
    {
        var lane = LaneMachine.Load(SinkLane.Assigned(1), Stored(new Frontier(Epoch, Frontier.None), 50), Epoch).Lane;

        Assert.True(LaneMachine.PassBarrier(lane, 49).Lane.NeedsBarrier);
        Assert.Equal(49, LaneMachine.PassBarrier(lane, 50).Lane.Proven);
    }

    [Fact]
    public void Given_another_sink_has_proven_more_When_polled_Then_it_is_adopted()
    {
        var lane = Applied(Load(frontier: 4, next: 5).Lane, Batch(5, 9, _ => 150ul));

        var step = LaneMachine.Poll(lane, lane, Stored(new Frontier(Epoch, 20), 21), Epoch);

        Assert.Equal(20, step.Lane.Proven);
        Assert.False(step.Lane.HasUnproven);
    }

    [Fact]
    public void Given_a_halted_lane_and_nothing_wrong_When_polled_Then_it_reads_on_from_its_position()
    {
        var lane = LaneMachine.Answer(Load(frontier: 4, next: 5).Lane, Batch(5, 6), new ApplyResult.Rewind(5)).Lane;

        var step = LaneMachine.Poll(lane, lane, Stored(new Frontier(Epoch, 4), 5), Epoch);

        Assert.Equal(LanePhase.Applying, step.Lane.Phase);
        Assert.Equal(new LaneEffect.Read(5, 3), Assert.Single(step.Effects));
    }

    [Fact]
    public void Given_a_record_without_readable_xid_When_looked_at_Then_it_waits_for_all_below_a_new_id()
    {
        var lane = Applied(Load(frontier: 4, next: 5).Lane, new LaneBatch([], [new LaneXid(5, XidProof.Unknown, 0)], 6, null));
        Assert.Empty(LaneMachine.Look(lane, Snapshot(1000)).Effects);

        lane = LaneMachine.Resolve(lane, 500, 6).Lane;

        Assert.Empty(LaneMachine.Look(lane, PgSnapshot.Parse("500:600:500")).Effects);
        Assert.Equal(5, LaneMachine.Look(lane, PgSnapshot.Parse("501:600:501")).Lane.Proven);
    }

    private static LaneStep Load(long frontier, long next) => LaneMachine.Load(SinkLane.Assigned(1), Stored(new Frontier(Epoch, frontier), next), Epoch);

    private static LaneState Stored(Frontier? frontier, long next) => new(1, frontier, new AppliedPosition(Epoch, next, 3));

    private static SinkLane Applied(SinkLane lane, LaneBatch batch) => LaneMachine.Answer(lane, batch, new ApplyResult.Applied([])).Lane;

    private static PgSnapshot Snapshot(ulong xmax) => new(xmax, xmax, []);

    private static LaneBatch Batch(long first, long last, Func<long, ulong>? xid = null)
    {
        var offsets = Enumerable.Range((int)first, (int)(last - first + 1)).Select(offset => (long)offset).ToList();
        ulong Xid(long offset) => xid?.Invoke(offset) ?? 100;
        return new LaneBatch(
            [.. offsets.Select(offset => new Invalidation(offset, $"k:{offset}", false, Xid(offset)))],
            [.. offsets.Select(offset => new LaneXid(offset, XidProof.Visible, Xid(offset)))],
            last + 1,
            3);
    }
}
