using Streams.FenceChecker.Tests.Lane;

namespace Streams.FenceChecker.Tests.Rules;

/// <summary>
/// The seam between the models and the protocol: each member is one rule. The decisions default to the product's functions; a mutant overrides one
/// member and leaves the rest as they are.
/// </summary>
public partial class ProtocolRules
{
    private const byte None = LaneState.None;

    /// <summary>READ: what the reader may use of one reply; null = bypass.</summary>
    public virtual ReaderView? Read(StoredFence fence, StoredLane lane) =>
        lane.FrontierEpoch == 0 || lane.Frontier == None || fence.Epoch == 0 ? null : new ReaderView(lane.FrontierEpoch, lane.Frontier);

    /// <summary>HIT, tokens apart.</summary>
    public virtual bool MayHit(StoredFence fence, StoredValue value, ReadOnlySpan<TagView> tags)
    {
        if (value.Epoch == 0 || value.Epoch != fence.Epoch)
        {
            return false;
        }

        foreach (var tag in tags)
        {
            if (tag.Fence.Epoch != value.Epoch || tag.Stamp < Effective(tag.Fence))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>FILL.</summary>
    public virtual bool MayFill(StoredFence fence, StoredValue value, FillRequest request) =>
        fence.Epoch != 0 && fence.Epoch == request.Epoch && request.SameHistory && request.Stamp >= Effective(fence)
        && !(value.Epoch == fence.Epoch && value.Stamp > request.Stamp);

    /// <summary>The epoch that a fill puts into the header.</summary>
    public virtual byte EpochOfFill(byte slotEpoch, byte readerEpoch) => readerEpoch;

    /// <summary>APPLY: whether a batch from <paramref name="first"/> on may be applied at all.</summary>
    public virtual ApplyAnswer Admit(StoredFence fence, StoredLane lane, byte epoch, byte first)
    {
        if (lane.AppliedEpoch == 0)
        {
            return ApplyAnswer.Lost;
        }

        if (lane.AppliedEpoch != epoch || (fence.Epoch != 0 && fence.Epoch != epoch))
        {
            return ApplyAnswer.Foreign;
        }

        return lane.Applied < first ? ApplyAnswer.Rewind : ApplyAnswer.Applied;
    }

    /// <summary>APPLY: the fence after one record.</summary>
    public virtual StoredFence Raise(StoredFence fence, StoredLane lane, byte epoch, byte offset)
    {
        if (fence.Epoch == 0)
        {
            fence = new StoredFence(epoch, (byte)(lane.Applied - 1), None);
        }

        return fence with { Cell = Math.Max(Effective(fence), offset) };
    }

    /// <summary>APPLY: whether a value goes.</summary>
    public virtual bool Removes(StoredFence fence, StoredValue value, byte offset, bool showsTransaction) =>
        value.Epoch != fence.Epoch || (value.Stamp < offset && !showsTransaction);

    /// <summary>APPLY: the position after a batch.</summary>
    public virtual byte Advance(byte stored, byte next) => Math.Max(stored, next);

    /// <summary>POLL.</summary>
    public virtual PollAction Poll(StoredLane lane, byte slotEpoch, byte epoch, byte position, byte durable)
    {
        if (lane.AppliedEpoch == 0 || lane.AppliedEpoch < durable)
        {
            return PollAction.ReFloor;
        }

        if (lane.AppliedEpoch != epoch)
        {
            return PollAction.Reload;
        }

        return lane.Applied < position ? PollAction.Rewind : PollAction.Continue;
    }

    /// <summary>A fence table that is gone alone, or was left behind by a re-floor that did not finish.</summary>
    public virtual StoredFence RestoreFence(StoredFence fence, StoredLane lane, byte epoch) =>
        lane.AppliedEpoch == epoch && fence.Epoch < epoch ? new StoredFence(epoch, (byte)(lane.Applied - 1), None) : fence;

    /// <summary>KEEPER: how far the records are proven, given what a snapshot shows. A record of <see cref="LaneState.None"/> has no transaction in this history.</summary>
    public virtual byte Prove(byte proven, ReadOnlySpan<byte> log, byte inFlight, byte visible)
    {
        while (proven < log.Length && (log[proven] == None || (visible >> log[proven] & 1) == 1))
        {
            proven++;
        }

        return proven;
    }

    /// <summary>KEEPER: the lane after an attempt to publish.</summary>
    public virtual StoredLane Publish(StoredLane lane, byte epoch, byte proven)
    {
        if (lane.FrontierEpoch > epoch)
        {
            return lane;
        }

        var keep = lane.FrontierEpoch == epoch && lane.Frontier != None;
        return lane with { FrontierEpoch = epoch, Frontier = keep ? Math.Max(lane.Frontier, proven) : proven };
    }

    /// <summary>RE-FLOOR: the slot's table.</summary>
    public virtual StoredFence ReFloorFence(StoredFence fence, byte epoch, byte position) =>
        fence.Epoch < epoch ? new StoredFence(epoch, (byte)(position - 1), None) : fence;

    /// <summary>RE-FLOOR: the position.</summary>
    public virtual StoredLane ReFloorPosition(StoredLane lane, byte epoch, byte position) =>
        lane.AppliedEpoch < epoch ? lane with { AppliedEpoch = epoch, Applied = position } : lane;

    /// <summary>RE-FLOOR: the frontier.</summary>
    public virtual StoredLane ReFloorFrontier(StoredLane lane, byte epoch) =>
        lane.FrontierEpoch < epoch ? lane with { FrontierEpoch = epoch, Frontier = None } : lane;

    private static byte Effective(StoredFence fence) => fence.Cell == None ? fence.Floor : Math.Max(fence.Floor, fence.Cell);
}
