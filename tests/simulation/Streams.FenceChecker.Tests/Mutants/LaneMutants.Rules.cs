using Streams.Cache.Protocol;
using Streams.FenceChecker.Tests.Lane;
using Streams.FenceChecker.Tests.Rules;

namespace Streams.FenceChecker.Tests.Mutants;

/// <summary>The mutated rules, one per class.</summary>
public static partial class LaneMutants
{
    private sealed class FrontierUngated : ProtocolRules
    {
        public override byte Prove(byte proven, ReadOnlySpan<byte> log, byte visible) => base.Prove(proven, log, 7);
    }

    private sealed class FrontierAfterSnapshot : ProtocolRules
    {
        public override bool FrontierBeforeSnapshot => false;
    }

    private sealed class KeeperStartsAtPosition : ProtocolRules
    {
        public override SinkState Restart(LaneView lane, byte group)
        {
            var sink = base.Restart(lane, group);
            (sink.Position, sink.Proven) = (lane.Applied, (byte)(lane.Applied - 1));
            return sink;
        }
    }

    private sealed class FillIgnoresFence : ProtocolRules
    {
        public override bool MayFill(SlotView slot, ValueView value, FillRequest request, ReadOnlySpan<TagView> tags) =>
            base.MayFill(slot.Epoch == 0 ? slot : slot with { Floor = 0, Cell = 0 }, value, request, tags);
    }

    private sealed class FencesEvicted : ProtocolRules
    {
        public override bool FencesMayBeEvicted => true;
    }

    private sealed class FenceBySet : ProtocolRules
    {
        public override SlotView Raise(SlotView slot, LaneView lane, byte offset) => base.Raise(slot, lane, offset) with { Cell = offset };
    }

    private sealed class PositionUnchecked : ProtocolRules
    {
        public override ApplyAdmission Admit(ReadOnlySpan<SlotView> slots, LaneView lane, byte epoch, byte first) =>
            base.Admit(slots, lane, epoch, 1);
    }

    private sealed class PositionBySet : ProtocolRules
    {
        public override byte Advance(LaneView lane, byte next) => next;
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
        public override bool MayFill(SlotView slot, ValueView value, FillRequest request, ReadOnlySpan<TagView> tags) =>
            base.MayFill(slot.Epoch == 0 ? new SlotView(request.Epoch, 0, LaneWorld.None) : slot, value, request, tags);

        public override bool MayHit(SlotView slot, ValueView value, ReadOnlySpan<TagView> tags) =>
            base.MayHit(slot.Epoch == 0 ? slot with { Epoch = value.Epoch } : slot, value, tags);
    }

    private sealed class AbsentFenceNotFloored : ProtocolRules
    {
        public override SlotView Raise(SlotView slot, LaneView lane, byte offset) =>
            base.Raise(slot.Epoch == 0 ? new SlotView(lane.AppliedEpoch, 0, 0) : slot, lane, offset);
    }

    private sealed class LowerFrontierKept : ProtocolRules
    {
        public override PollAction Poll(LaneView lane, byte epoch, byte position, byte proven, byte durable, bool fenceLost) =>
            base.Poll(lane, epoch, position, LaneWorld.None, durable, fenceLost);
    }

    private sealed class NoPoll : ProtocolRules
    {
        public override bool PollsWhenIdle => false;
    }

    private sealed class FillIgnoresEpoch : ProtocolRules
    {
        public override bool MayFill(SlotView slot, ValueView value, FillRequest request, ReadOnlySpan<TagView> tags) =>
            base.MayFill(slot, value, request with { Epoch = slot.Epoch }, tags);

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
        public override PollAction Poll(LaneView lane, byte epoch, byte position, byte proven, byte durable, bool fenceLost) =>
            lane.AppliedEpoch == 0 || lane.AppliedEpoch > durable ? base.Poll(lane, epoch, position, proven, durable, fenceLost)
            : base.Poll(lane, position == 0 ? lane.AppliedEpoch : epoch, position, proven, lane.AppliedEpoch, fenceLost);
    }

    private sealed class GuardIgnoresEpoch : ProtocolRules
    {
        public override bool MayFill(SlotView slot, ValueView value, FillRequest request, ReadOnlySpan<TagView> tags) =>
            base.MayFill(slot, value.Epoch == 0 ? value : value with { Epoch = slot.Epoch }, request, tags);
    }

    private sealed class FrontierUntagged : ProtocolRules
    {
        public override ReaderView? Read(SlotView slot, LaneView lane) =>
            base.Read(slot, lane with { FrontierEpoch = lane.FrontierEpoch == 0 ? (byte)0 : slot.Epoch });
    }

    private sealed class FrontierFirst : ProtocolRules
    {
        public override ReplyOrder ReplyOrder => ReplyOrder.FrontierFirst;
    }

    private sealed class ReFloorInUntaggedPieces : ProtocolRules
    {
        public override bool ReFloorIsOneScript => false;

        public override ReaderView? Read(SlotView slot, LaneView lane) =>
            base.Read(slot, lane with { FrontierEpoch = lane.FrontierEpoch == 0 ? (byte)0 : slot.Epoch });
    }

    private sealed class PositionFromGroup : ProtocolRules
    {
        public override bool AbsentPositionFromGroup => true;
    }

    private sealed class PositionInGroup : ProtocolRules
    {
        public override bool PositionIsBesideValues => false;

        public override ApplyAdmission Admit(ReadOnlySpan<SlotView> slots, LaneView lane, byte epoch, byte first) =>
            base.Admit(slots, lane, epoch, 1);
    }

    /// <summary>A refresher that re-reads on behalf of the record applied last claims that record's version without waiting for V.</summary>
    private sealed class ReadStampedWithPosition : ProtocolRules
    {
        public override ReaderView? Read(SlotView slot, LaneView lane) =>
            base.Read(slot, lane with { Frontier = lane.Frontier == LaneWorld.None ? lane.Frontier : Math.Max(lane.Frontier, (byte)(lane.Applied - 1)) });
    }

    private sealed class TruncationMissed : ProtocolRules
    {
        public override bool TruncationIsDetected => false;
    }
}
