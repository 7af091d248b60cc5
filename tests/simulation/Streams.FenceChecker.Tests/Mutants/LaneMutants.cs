using Streams.FenceChecker.Tests.Engine;
using Streams.FenceChecker.Tests.Lane;
using Streams.FenceChecker.Tests.Rules;

namespace Streams.FenceChecker.Tests.Mutants;

/// <summary>Rules of the single lane, removed one by one.</summary>
public static partial class LaneMutants
{
    private static readonly LaneConfiguration World = new();

    /// <summary>In the order of their numbers.</summary>
    public static IEnumerable<Mutant> All =>
    [
        Of("M1", "V is gated on visibility: proves whatever is in the lane", new FrontierUngated(), World),
        Of("M2", "V before the snapshot: taken at the fill", new FrontierAfterSnapshot(), World),
        Of("M2b", "the keeper restarts at V: starts at A", new KeeperStartsAtPosition(), World with { Crashes = 1 }),
        Of("M3", "FILL compares the stamp with the fence", new FillIgnoresFence(), World),
        Of("M3-evicted", "fences are never evicted: the cell may vanish and counts as its floor", new FencesEvicted(), World),
        Of("M4", "F by maximum: plain SET", new FenceBySet(), World with { Sinks = 2 }),
        Of("M5", "A >= first of the batch: no check", new PositionUnchecked(), World with { OtherKey = 2, Failovers = 1 }),
        Of("M5b", "A by maximum: plain SET", new PositionBySet(), World with { Sinks = 2, Losses = 1, Readers = 1 }),
        Of("M6", "order fence, delete, A: delete first", new DeleteFirst(), World with { SubSteps = true }),
        Of("M6-position", "order fence, delete, A: A first", new PositionFirst(), World with { SubSteps = true, Crashes = 1 }),
        Of("M7", "the connection breaks at a failover: sub-steps go on", new ConnectionSurvives(), World with { SubSteps = true, Failovers = 1, Readers = 1 }),
        Of("M8", "an absent fence table refuses: counts as zero", new AbsentFenceAccepts(), World with { Losses = 1 }),
        Of("M9", "APPLY floors an absent fence at A-1: creates it from the record alone", new AbsentFenceNotFloored(), World with { Sinks = 2, Losses = 1, Readers = 1 }),
        Of("M10", "POLL when idle: never", new NoPoll(), World with { Failovers = 1 }, Verdict.Dead),
        Of("M10-frontier", "POLL publishes V again when the stored one went back: only when it is absent", new LowerFrontierKept(), World with { Failovers = 1 }, Verdict.Dead),
        Of("M11", "FILL compares E: the value takes the slot's epoch", new FillIgnoresEpoch(), World with { Truncations = 1 }),
        Of("M12", "BARRIER before V of a new epoch: none", new NoBarrier(), World with { Losses = 1 }),
        Of("M12b", "BARRIER on a new xid: on the snapshot's xmax", new BarrierOnXmax(), World with { Losses = 1 }),
        Of("M13", "an epoch is never used twice: always 1", new EpochReused(), World with { Losses = 1 }),
        Of("M13-older", "an older epoch in Redis is re-floored: adopted", new OlderEpochAdopted(), World with { Truncations = 1, Failovers = 1, Readers = 1 }),
        Of("M14", "the newer-value guard compares E first: a dead value blocks", new GuardIgnoresEpoch(), World with { Truncations = 1 }, Verdict.Dead),
        Of("M15", "the reader's epoch is the tag of V: takes the slot's", new FrontierUntagged(), World with { Truncations = 1, ReFloorInPieces = true }),
        Of("M16", "V and E in one reply: V first", new FrontierFirst(), World with { Truncations = 1 }),
        Of("M16b", "re-floor atomic or tagged: slot first, V untagged", new ReFloorInUntaggedPieces(), World with { Truncations = 1 }),
        Of("M16c", "an absent A re-floors: taken from the group, same epoch", new PositionFromGroup(), World with { Failovers = 1, Losses = 1, OtherKey = 2, Readers = 1 }),
        Of("M16d", "A beside the values: in the group", new PositionInGroup(), World with { Failovers = 1 }),
        Of("M26", "a re-read is stamped with V: stamped with the record it answers", new ReadStampedWithPosition(), World),
        Of("M36", "a truncation is detected before newer records: not detected", new TruncationMissed(), World with { Truncations = 1 }),
    ];

    private static Mutant Of(string rule, string what, ProtocolRules rules, LaneConfiguration world, Verdict expected = Verdict.Unsafe) =>
        Mutant.Of(rule, what, new LaneModel(world with { Rules = rules }), expected);
}
