using Streams.FenceChecker.Tests.Rules;

namespace Streams.FenceChecker.Tests.History;

/// <summary>Steps by which a sink answers a new history of Postgres.</summary>
public enum ChangeStep
{
    /// <summary>New epoch: E, F, A and V of Redis are re-floored.</summary>
    Bump,

    /// <summary>The logical slot on the new primary is consistent.</summary>
    Slot,

    /// <summary>End of the lane, new xid, wait.</summary>
    Barrier,

    /// <summary>V is published.</summary>
    Publish,
}

/// <summary>Bounds and environment of one run of <see cref="HistoryModel"/>.</summary>
public sealed record HistoryConfiguration
{
    /// <summary>The decisions; a mutant overrides one of them.</summary>
    public ProtocolRules Rules { get; init; } = new();

    /// <summary>Transactions.</summary>
    public int Transactions { get; init; } = 2;

    /// <summary>Readers.</summary>
    public int Readers { get; init; } = 2;

    /// <summary>Whether the old primary and its source live on.</summary>
    public bool Zombie { get; init; } = true;

    /// <summary>Whether nothing becomes visible before the standby has it.</summary>
    public bool SynchronousReplication { get; init; }

    /// <summary>Whether the creation of the slot waits for every transaction that runs.</summary>
    public bool SlotWaits { get; init; }

    /// <summary>Order of the change.</summary>
    public ChangeStep[] Order { get; init; } = [ChangeStep.Bump, ChangeStep.Slot, ChangeStep.Barrier, ChangeStep.Publish];
}
