using Streams.FenceChecker.Tests.Engine;
using Streams.FenceChecker.Tests.Lane;
using Streams.FenceChecker.Tests.Rules;

namespace Streams.FenceChecker.Tests.Mutants;

/// <summary>
/// Rules that are kept for quality or as a second line: removed alone, everything stays safe and live. Listed so that nobody takes them for load-bearing,
/// and so that a change which makes one of them load-bearing is noticed.
/// </summary>
public static class RedundantRules
{
    private static readonly LaneConfiguration World = new() { Readers = 1 };

    /// <summary>All of them.</summary>
    public static IEnumerable<Mutant> All =>
    [
        Of("N1", "a newer value of the same epoch stays: any accepted fill overwrites", new NoNewerGuard(), World with { Emissions = 2, Readers = 2 }),
        Of("N2", "APPLY deletes only older values: deletes always", new DeleteAlways(), World with { Emissions = 2, Sinks = 2, Crashes = 1 }),
        Of("N3", "V by maximum: plain SET", new FrontierBySet(), World with { Sinks = 2, Failovers = 1, Crashes = 1 }),
        Of("N4", "a re-floor floors the fences at A'-1: at zero (the barrier and E remain)", new FloorAtZero(), World with { Losses = 1, Truncations = 1 }),
        Of("N5", "a value that shows T stays at T's invalidation: it goes", new ShownValueGoes(), World with { Emissions = 2, Sinks = 2 }),
    ];

    private static Mutant Of(string rule, string what, ProtocolRules rules, LaneConfiguration world) =>
        new(rule, what, Verdict.SafeAndLive, () => Explorer<LaneWorld>.Explore(new LaneModel(world with { Rules = rules }), true, Scenario.Limit));

    private sealed class NoNewerGuard : ProtocolRules
    {
        public override bool MayFill(SlotView slot, ValueView value, FillRequest request, ReadOnlySpan<TagView> tags) =>
            base.MayFill(slot, default, request, tags);
    }

    private sealed class DeleteAlways : ProtocolRules
    {
        public override bool Removes(SlotView slot, ValueView value, byte offset, byte transaction) => true;
    }

    private sealed class FrontierBySet : ProtocolRules
    {
        public override LaneView Publish(LaneView lane, byte epoch, byte proven) =>
            base.Publish(lane, epoch, proven) is { } published && published.FrontierEpoch == epoch ? published with { Frontier = proven } : lane;
    }

    private sealed class FloorAtZero : ProtocolRules
    {
        public override SlotView ReFloorSlot(SlotView slot, byte epoch, byte position)
        {
            var moved = base.ReFloorSlot(slot, epoch, position);
            return moved == slot ? slot : moved with { Floor = 0 };
        }
    }

    private sealed class ShownValueGoes : ProtocolRules
    {
        public override bool Removes(SlotView slot, ValueView value, byte offset, byte transaction) =>
            base.Removes(slot, value with { Holds = 0 }, offset, transaction);
    }
}
