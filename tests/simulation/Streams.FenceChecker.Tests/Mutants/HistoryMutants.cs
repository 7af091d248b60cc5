using Streams.FenceChecker.Tests.Engine;
using Streams.FenceChecker.Tests.History;
using Streams.FenceChecker.Tests.Rules;

namespace Streams.FenceChecker.Tests.Mutants;

/// <summary>Rules about a new history of Postgres, removed one by one.</summary>
public static class HistoryMutants
{
    private static readonly HistoryConfiguration World = new();

    /// <summary>In the order of their numbers.</summary>
    public static IEnumerable<Mutant> All =>
    [
        Of("M11-history", "FILL compares E: the value takes the slot's epoch", World with { Zombie = false }, new EpochAndHistoryIgnored()),
        Of("M27", "the reader's history is the epoch's: not tested", World, new HistoryIgnored()),
        Of("M28", "V only after the slot: before it", World with { Order = [ChangeStep.Bump, ChangeStep.Barrier, ChangeStep.Publish, ChangeStep.Slot] }, new ProtocolRules()),
        Of("M29", "BARRIER after the slot: before it", World with { Order = [ChangeStep.Bump, ChangeStep.Barrier, ChangeStep.Slot, ChangeStep.Publish] }, new ProtocolRules()),
        Of("M29-none", "BARRIER after the slot: none", World with { Order = [ChangeStep.Slot, ChangeStep.Bump, ChangeStep.Publish] }, new ProtocolRules()),
        Of("M30", "the end of the lane is read before the barrier: when V is published", World, new BaseReadLate()),
        Of("M31", "records of another history do not hold up V: they do", World, new OtherHistoriesBlock(), Verdict.Dead),
        Of("M31b", "a new history is a new epoch: is not", World with { Zombie = false }, new EpochKept()),
        Of("M31b-hit", "HIT compares E: does not", World, new HitIgnoresEpoch()),
    ];

    private static Mutant Of(string rule, string what, HistoryConfiguration world, ProtocolRules rules, Verdict expected = Verdict.Unsafe) =>
        Mutant.Of(rule, what, new HistoryModel(world with { Rules = rules }), expected);

    private sealed class HistoryIgnored : ProtocolRules
    {
        public override bool MayFill(SlotView slot, ValueView value, FillRequest request, ReadOnlySpan<TagView> tags) =>
            base.MayFill(slot, value, request with { SameHistory = true }, tags);
    }

    private sealed class EpochAndHistoryIgnored : ProtocolRules
    {
        public override bool MayFill(SlotView slot, ValueView value, FillRequest request, ReadOnlySpan<TagView> tags) =>
            base.MayFill(slot, value, request with { Epoch = slot.Epoch, SameHistory = true }, tags);

        public override byte EpochOfFill(byte slotEpoch, byte readerEpoch) => slotEpoch;
    }

    private sealed class BaseReadLate : ProtocolRules
    {
        public override bool BaseBeforeBarrier => false;
    }

    private sealed class OtherHistoriesBlock : ProtocolRules
    {
        public override bool OtherHistoriesAreVoid => false;
    }

    private sealed class EpochKept : ProtocolRules
    {
        public override bool NewHistoryIsNewEpoch => false;

        public override bool MayFill(SlotView slot, ValueView value, FillRequest request, ReadOnlySpan<TagView> tags) =>
            base.MayFill(slot, value, request with { SameHistory = true }, tags);
    }

    private sealed class HitIgnoresEpoch : ProtocolRules
    {
        public override bool MayHit(SlotView slot, ValueView value, ReadOnlySpan<TagView> tags) =>
            base.MayHit(slot, value with { Epoch = value.Epoch == 0 ? (byte)0 : slot.Epoch }, tags);
    }
}
