using Streams.FenceChecker.Tests.Lane;

namespace Streams.FenceChecker.Tests.Rules;

/// <summary>Rules that are no decision but an order of effects, a place where something is kept, or something that is done at all.</summary>
public partial class ProtocolRules
{
    /// <summary>M2: V is read before the snapshot.</summary>
    public virtual bool FrontierBeforeSnapshot => true;

    /// <summary>M3, M8: fences are never evicted.</summary>
    public virtual bool FencesMayBeEvicted => false;

    /// <summary>M6: sub-steps of APPLY only in this order.</summary>
    public virtual ApplyPart[] ApplyOrder { get; } = [ApplyPart.Fence, ApplyPart.Delete, ApplyPart.Position];

    /// <summary>M7: what a sink began on one connection does not go on after a failover.</summary>
    public virtual bool ConnectionBreaksAtFailover => true;

    /// <summary>M10: an idle sink polls.</summary>
    public virtual bool PollsWhenIdle => true;

    /// <summary>M16: V and E come in one reply.</summary>
    public virtual ReplyOrder ReplyOrder => ReplyOrder.Atomic;

    /// <summary>M16b: V, F and A of a lane change in one script, or carry tags.</summary>
    public virtual bool ReFloorIsOneScript => true;

    /// <summary>M16c: an absent position is taken from the group, without a new epoch.</summary>
    public virtual bool AbsentPositionFromGroup => false;

    /// <summary>M16d: the position lives beside the values.</summary>
    public virtual bool PositionIsBesideValues => true;

    /// <summary>M19: the stamp that stands for a lane.</summary>
    public virtual byte StampFor(ReadOnlySpan<byte> stamps, int lane, int keyLane) => stamps[lane];

    /// <summary>M20: V of the tags' lanes is read before the snapshot too.</summary>
    public virtual bool TagFrontiersBeforeSnapshot => true;

    /// <summary>M30: the end of the lane is read before the barrier.</summary>
    public virtual bool BaseBeforeBarrier => true;

    /// <summary>M31: records of another history than the epoch's do not hold up V.</summary>
    public virtual bool OtherHistoriesAreVoid => true;

    /// <summary>M31b: a new history of Postgres is a new epoch.</summary>
    public virtual bool NewHistoryIsNewEpoch => true;

    /// <summary>M32: the header's snapshot comes from the same statement as the data.</summary>
    public virtual bool HeaderIsOfTheData => true;

    /// <summary>M36: a truncation is known before newer records are seen.</summary>
    public virtual bool TruncationIsDetected => true;

    /// <summary>M13: the next epoch.</summary>
    public virtual byte NextEpoch(byte durable) => (byte)(durable + 1);

    /// <summary>M12b: the transactions in flight that lie below the barrier's transaction id. A new id lies above all of them.</summary>
    public virtual byte BarrierWaitsFor(byte inFlight, byte visible) => inFlight;

    /// <summary>M2b: where a sink starts in a settled lane. The keeper sees again what is not yet proven.</summary>
    public virtual SinkState Restart(LaneView lane, byte group)
    {
        var start = StartKeeper(lane);
        var position = ProductTypes.Byte(start.ReadFrom);
        return new SinkState
        {
            Phase = SinkPhase.Idle,
            Epoch = lane.AppliedEpoch,
            Position = PositionIsBesideValues ? position : Math.Min(position, group),
            Proven = start.NeedsBarrier ? (byte)0 : ProductTypes.Byte(start.Proven),
            Barrier = start.NeedsBarrier ? BarrierPhase.Due : BarrierPhase.None,
        };
    }
}
