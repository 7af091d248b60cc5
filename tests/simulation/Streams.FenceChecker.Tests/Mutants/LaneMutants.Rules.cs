using Streams.FenceChecker.Tests.Lane;
using Streams.FenceChecker.Tests.Rules;

namespace Streams.FenceChecker.Tests.Mutants;

/// <summary>The mutated rules, one per class.</summary>
public static partial class LaneMutants
{
    private sealed class FrontierUngated : ProtocolRules
    {
        public override byte Prove(byte proven, ReadOnlySpan<byte> log, byte inFlight, byte visible) => (byte)log.Length;
    }

    private sealed class FrontierAfterSnapshot : ProtocolRules
    {
        public override bool FrontierBeforeSnapshot => false;
    }

    private sealed class KeeperStartsAtPosition : ProtocolRules
    {
        public override SinkState Restart(StoredLane lane, byte group)
        {
            var sink = base.Restart(lane, group);
            (sink.Position, sink.Proven) = (lane.Applied, (byte)(lane.Applied - 1));
            return sink;
        }
    }

    private sealed class FillIgnoresFence : ProtocolRules
    {
        public override bool MayFill(StoredFence fence, StoredValue value, FillRequest request) =>
            base.MayFill(fence with { Floor = 0, Cell = LaneState.None }, value, request);
    }

    private sealed class FencesEvicted : ProtocolRules
    {
        public override bool FencesMayBeEvicted => true;
    }

    private sealed class FenceBySet : ProtocolRules
    {
        public override StoredFence Raise(StoredFence fence, StoredLane lane, byte epoch, byte offset) =>
            base.Raise(fence, lane, epoch, offset) with { Cell = offset };
    }

    private sealed class PositionUnchecked : ProtocolRules
    {
        public override ApplyAnswer Admit(StoredFence fence, StoredLane lane, byte epoch, byte first) =>
            base.Admit(fence, lane, epoch, 0);
    }

    private sealed class PositionBySet : ProtocolRules
    {
        public override byte Advance(byte stored, byte next) => next;
    }

    private sealed class DeleteFirst : ProtocolRules
    {
        public override ApplyPart[] ApplyOrder { get; } = [ApplyPart.Delete, ApplyPart.Fence, ApplyPart.Position];
    }

    private sealed class PositionFirst : ProtocolRules
    {
        public override ApplyPart[] ApplyOrder { get; } = [ApplyPart.Position, ApplyPart.Fence, ApplyPart.Delete];
    }

    private sealed class ConnectionSurvives : ProtocolRules
    {
        public override bool ConnectionBreaksAtFailover => false;
    }

    private sealed class AbsentFenceAccepts : ProtocolRules
    {
        public override bool MayFill(StoredFence fence, StoredValue value, FillRequest request) =>
            base.MayFill(fence.Epoch == 0 ? new StoredFence(request.Epoch, 0, LaneState.None) : fence, value, request);

        public override bool MayHit(StoredFence fence, StoredValue value, ReadOnlySpan<TagView> tags) =>
            base.MayHit(fence.Epoch == 0 ? fence with { Epoch = value.Epoch } : fence, value, tags);

        public override ReaderView? Read(StoredFence fence, StoredLane lane) =>
            base.Read(fence.Epoch == 0 ? fence with { Epoch = lane.FrontierEpoch } : fence, lane);
    }

    private sealed class AbsentFenceNotFloored : ProtocolRules
    {
        public override StoredFence Raise(StoredFence fence, StoredLane lane, byte epoch, byte offset) =>
            base.Raise(fence.Epoch == 0 ? new StoredFence(epoch, 0, LaneState.None) : fence, lane, epoch, offset);
    }

    private sealed class NoPoll : ProtocolRules
    {
        public override bool PollsWhenIdle => false;
    }

    private sealed class FillIgnoresEpoch : ProtocolRules
    {
        public override bool MayFill(StoredFence fence, StoredValue value, FillRequest request) =>
            base.MayFill(fence, value, request with { Epoch = fence.Epoch });

        public override byte EpochOfFill(byte slotEpoch, byte readerEpoch) => slotEpoch;
    }

    private sealed class NoBarrier : ProtocolRules
    {
        public override byte BarrierWaitsFor(byte inFlight, byte visible) => 0;
    }

    private sealed class BarrierOnXmax : ProtocolRules
    {
        /// <summary>xmax is one above the highest finished transaction: those in flight above it are forgotten.</summary>
        public override byte BarrierWaitsFor(byte inFlight, byte visible)
        {
            var belowXmax = visible == 0 ? 0 : (1 << System.Numerics.BitOperations.Log2(visible)) - 1;
            return (byte)(inFlight & belowXmax);
        }
    }

    private sealed class EpochReused : ProtocolRules
    {
        public override byte NextEpoch(byte durable) => 1;
    }

    private sealed class OlderEpochAdopted : ProtocolRules
    {
        public override PollAction Poll(StoredLane lane, byte slotEpoch, byte epoch, byte position, byte durable) =>
            base.Poll(lane, slotEpoch, position == 0 ? lane.AppliedEpoch : epoch, position, Math.Min(durable, lane.AppliedEpoch));
    }

    private sealed class GuardIgnoresEpoch : ProtocolRules
    {
        public override bool MayFill(StoredFence fence, StoredValue value, FillRequest request) =>
            base.MayFill(fence, value.Epoch == 0 ? value : value with { Epoch = fence.Epoch }, request);
    }

    private sealed class FrontierUntagged : ProtocolRules
    {
        public override ReaderView? Read(StoredFence fence, StoredLane lane) =>
            base.Read(fence, lane with { FrontierEpoch = lane.FrontierEpoch == 0 ? (byte)0 : fence.Epoch });
    }

    private sealed class FrontierFirst : ProtocolRules
    {
        public override ReplyOrder ReplyOrder => ReplyOrder.FrontierFirst;
    }

    private sealed class ReFloorInUntaggedPieces : ProtocolRules
    {
        public override bool ReFloorIsOneScript => false;

        public override ReaderView? Read(StoredFence fence, StoredLane lane) =>
            base.Read(fence, lane with { FrontierEpoch = lane.FrontierEpoch == 0 ? (byte)0 : fence.Epoch });
    }

    private sealed class PositionFromGroup : ProtocolRules
    {
        public override bool AbsentPositionFromGroup => true;
    }

    private sealed class PositionInGroup : ProtocolRules
    {
        public override bool PositionIsBesideValues => false;

        public override ApplyAnswer Admit(StoredFence fence, StoredLane lane, byte epoch, byte first) =>
            base.Admit(fence, lane, epoch, 0);
    }

    /// <summary>A refresher that re-reads on behalf of the record applied last claims that record's version without waiting for V.</summary>
    private sealed class ReadStampedWithPosition : ProtocolRules
    {
        public override ReaderView? Read(StoredFence fence, StoredLane lane) =>
            base.Read(fence, lane with { Frontier = lane.Frontier == LaneState.None ? lane.Frontier : Math.Max(lane.Frontier, (byte)(lane.Applied - 1)) });
    }

    private sealed class TruncationMissed : ProtocolRules
    {
        public override bool TruncationIsDetected => false;
    }
}
