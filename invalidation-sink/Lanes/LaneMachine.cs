using System.Collections.Immutable;
using Streams.Cache.Protocol;
using Streams.Core.Errors;
using Streams.Core.Fencing;

namespace Streams.InvalidationSink.Lanes;

/// <summary>
/// The sink's side of the fence protocol for one lane: state and event in, state and effects out. No clock, no IO; the host executes the effects
/// and the exhaustive checker may drive it as well.
/// <code>
/// Idle ──Load──► Applying ──Answer(FOREIGN, LOST, REWIND)──► Halted ──Poll──► Applying | ReFloor | Reload
/// </code>
/// </summary>
public static class LaneMachine
{
    /// <summary>Begins, or begins again, with what Redis holds. Its position must be of this epoch.</summary>
    public static LaneStep Load(SinkLane lane, LaneState stored, long epoch)
    {
        Invariant.Require(stored.Applied is { } known && known.Epoch == epoch, "a lane is loaded under the epoch of its position");
        var applied = stored.Applied.Value;
        var start = FrontierDecision.Start(stored.Frontier, applied, epoch);
        var loaded = new SinkLane(lane.Lane, LanePhase.Applying, epoch, start.ReadFrom, start.ReadFrom, start.Proven, XidRuns.From(start.ReadFrom));
        return With(loaded, new LaneEffect.Read(start.ReadFrom, applied.LeaderEpoch));
    }

    /// <summary>A batch was read. Nothing of the state changes before Redis has answered.</summary>
    public static LaneStep Take(SinkLane lane, LaneBatch batch)
    {
        if (lane.Phase != LanePhase.Applying || batch.Next <= lane.Next)
        {
            return With(lane);
        }

        var records = batch.Invalidations.Where(record => record.Offset >= lane.Next).ToImmutableArray();
        return With(lane, new LaneEffect.Apply(new ApplyBatch(lane.Lane, lane.Epoch, lane.Next, batch.Next, batch.LeaderEpoch, records)));
    }

    /// <summary>Redis has answered APPLY. Only APPLIED advances; the others are for the poll to judge, which reads the durable epoch first.</summary>
    public static LaneStep Answer(SinkLane lane, LaneBatch batch, ApplyResult result) => result is ApplyResult.Applied
        ? With(lane with { Next = batch.Next, Queue = lane.Queue.Append(batch.Xids.Where(record => record.Offset > lane.Proven), batch.Next) })
        : With(lane with { Phase = LanePhase.Halted }, new LaneEffect.PollNow());

    /// <summary>KEEPER: a snapshot of the epoch's own history shows which transactions are visible.</summary>
    public static LaneStep Look(SinkLane lane, PgSnapshot snapshot)
    {
        if (!lane.HasUnproven)
        {
            return With(lane);
        }

        var proven = FrontierDecision.Advance(lane.Proven, lane.Queue.Records(snapshot), lane.Queue.End, snapshot);
        return proven > lane.Proven ? Proven(lane, proven) : With(lane);
    }

    /// <summary>The barrier has passed. It proves what was read since only if nothing lies between the two.</summary>
    /// <param name="lane">State.</param>
    /// <param name="laneEnd">End of the lane as read before the barrier began [M30].</param>
    public static LaneStep PassBarrier(SinkLane lane, long laneEnd) =>
        lane.NeedsBarrier && laneEnd >= lane.From ? Proven(lane, FrontierDecision.AfterBarrier(laneEnd)) : With(lane);

    /// <summary>A transaction id was drawn for records whose own is unknown or of another history.</summary>
    /// <param name="lane">State.</param>
    /// <param name="newXid">The id.</param>
    /// <param name="readBefore">End of the queue when it was asked for.</param>
    public static LaneStep Resolve(SinkLane lane, ulong newXid, long readBefore) => With(lane with { Queue = lane.Queue.Resolve(newXid, readBefore) });

    /// <summary>Redis refused the frontier: it holds a newer epoch.</summary>
    public static LaneStep RefusePublish(SinkLane lane) => With(lane with { Phase = LanePhase.Halted }, new LaneEffect.PollNow());

    /// <summary>POLL.</summary>
    /// <param name="lane">State now.</param>
    /// <param name="asked">State when Redis was asked: what was applied since is not in the answer.</param>
    /// <param name="stored">What Redis held.</param>
    /// <param name="durable">Number of the durable epoch.</param>
    /// <remarks>Fence tables that were lost alone are no matter of the lane's state: the host restores them by slot.</remarks>
    public static LaneStep Poll(SinkLane lane, SinkLane asked, LaneState stored, long durable)
    {
        if (lane.Phase == LanePhase.Idle || asked.Phase == LanePhase.Idle)
        {
            return With(lane);
        }

        var step = PollDecision.Decide(stored, lane.Epoch, asked.Next, asked.Proven, durable, fenceLost: false);
        return step.Action switch
        {
            PollAction.Reload => With(lane with { Phase = LanePhase.Halted }, new LaneEffect.Reload()),
            PollAction.ReFloor => With(lane with { Phase = LanePhase.Halted }, new LaneEffect.ReFloor()),
            PollAction.Rewind => Rewind(lane, step.Next, stored.Applied?.LeaderEpoch),
            PollAction.Republish when lane.Proven != Frontier.None => With(lane, Publish(lane)),
            _ when lane.Phase == LanePhase.Halted => Rewind(lane, lane.Next, stored.Applied?.LeaderEpoch),
            _ => Adopt(lane, stored.Frontier),
        };
    }

    /// <summary>Redis went back in time: apply again from there. What was seen visible stays so; only the deletes have to be done again (R13).</summary>
    private static LaneStep Rewind(SinkLane lane, long next, int? leaderEpoch) =>
        With(lane with { Phase = LanePhase.Applying, Next = next }, new LaneEffect.Read(next, leaderEpoch));

    /// <summary>
    /// Another sink has proven more of this epoch: as good as if it had been seen here, unless records that were never read here lie between it and
    /// the first one read.
    /// </summary>
    private static LaneStep Adopt(SinkLane lane, Frontier? stored) =>
        stored is { IsProven: true } frontier && frontier.Epoch == lane.Epoch && frontier.Offset > lane.Proven && frontier.Offset + 1 >= lane.From
            ? With(lane with { Proven = frontier.Offset, Queue = lane.Queue.Above(frontier.Offset) })
            : With(lane);

    private static LaneStep Proven(SinkLane lane, long offset)
    {
        var proven = lane with { Proven = offset, Queue = lane.Queue.Above(offset) };
        return With(proven, Publish(proven));
    }

    private static LaneEffect.Publish Publish(SinkLane lane) => new(new Frontier(lane.Epoch, lane.Proven));

    private static LaneStep With(SinkLane lane, params ImmutableArray<LaneEffect> effects) => new(lane, effects);
}
