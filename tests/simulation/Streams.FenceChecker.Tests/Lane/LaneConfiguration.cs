using Streams.FenceChecker.Tests.Rules;

namespace Streams.FenceChecker.Tests.Lane;

/// <summary>Bounds and environment of one run of <see cref="LaneModel"/>.</summary>
public sealed record LaneConfiguration
{
    /// <summary>The decisions; a mutant overrides one of them.</summary>
    public ProtocolRules Rules { get; init; } = new();

    /// <summary>Transactions, 1 to 3.</summary>
    public int Transactions { get; init; } = 2;

    /// <summary>Readers, 1 or 2.</summary>
    public int Readers { get; init; } = 2;

    /// <summary>Sinks, 1 or 2: the second is a zombie or a rebalanced neighbour.</summary>
    public int Sinks { get; init; } = 1;

    /// <summary>How often the source may emit a transaction.</summary>
    public int Emissions { get; init; } = 1;

    /// <summary>Failovers of Redis to an older copy of itself.</summary>
    public int Failovers { get; init; }

    /// <summary>Losses in Redis: all of it, or one kind of fence key.</summary>
    public int Losses { get; init; }

    /// <summary>Crashes of sinks, at any point.</summary>
    public int Crashes { get; init; }

    /// <summary>Truncations of the lane: its last record vanishes, the offset is used again.</summary>
    public int Truncations { get; init; }

    /// <summary>Set of transactions that touch another key of the same lane.</summary>
    public byte OtherKey { get; init; }

    /// <summary>Whether APPLY runs as the sub-steps fence, delete, position.</summary>
    public bool SubSteps { get; init; }

    /// <summary>Whether a re-floor reaches the slot, the position and the frontier one by one, in any order.</summary>
    public bool ReFloorInPieces { get; init; }

    /// <summary>Whether only one sink at a time is in a re-floor (an advisory lock in Postgres). Without it two sinks may answer each other for ever:
    /// then three epochs are the bound, and only safety is asked for.</summary>
    public bool ReFloorsAreLocked { get; init; } = true;

    /// <summary>Whether a reader may use a frontier that it saw earlier (a lower one).</summary>
    public bool CachedFrontier { get; init; }

    /// <summary>Whether a batch may hold more than one record.</summary>
    public bool Batches { get; init; }

    /// <summary>Whether the keeper may prove records that its own sink has not yet applied (fence.md allows both).</summary>
    public bool KeeperReadsAhead { get; init; }

    /// <summary>Whether the sinks are the product's lane machine (LaneMachine), effects executed by the model, instead of steps of the model's own.</summary>
    public bool LaneMachine { get; init; }

    /// <summary>Whether the lane machine judges a poll's answer some time after it has asked.</summary>
    public bool LatePolls { get; init; }

    /// <summary>Whether all starts with an empty Redis: nobody has ever run a re-floor.</summary>
    public bool FirstStart { get; init; }
}
