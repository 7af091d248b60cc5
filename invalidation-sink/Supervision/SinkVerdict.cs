using Streams.Cache.Protocol;
using Streams.Core.Fencing;
using Streams.Postgres;

namespace Streams.InvalidationSink.Supervision;

/// <summary>Why a new epoch is begun. The names are values of a metric's label.</summary>
public enum ReFloorReason
{
    /// <summary>There is no epoch yet.</summary>
    FirstStart,

    /// <summary>Redis lost its position or is of an older epoch.</summary>
    RedisLost,

    /// <summary>The primary is of another history: failover, restore, crash.</summary>
    History,

    /// <summary>The invalidation topic was recreated or has another partition count.</summary>
    Topic,

    /// <summary>The lane no longer holds the record that was applied last.</summary>
    Truncated,

    /// <summary>The position is not in the lane any more.</summary>
    OutOfRange,

    /// <summary>The replication slot is missing or lost: changes may be missing from the lanes.</summary>
    Slot,

    /// <summary>A record names nothing that could be invalidated.</summary>
    Poison,
}

/// <summary>What a sink found when it looked around. Null = could not be asked this time.</summary>
/// <param name="Durable">The durable epoch.</param>
/// <param name="Seen">Identity of the primary.</param>
/// <param name="TopicId">Id and partition count of the topic.</param>
/// <param name="Slot">The replication slot; null also if none is configured.</param>
public sealed record SinkFacts(EpochRecord? Durable, DatabaseIdentity? Seen, string? TopicId, SlotState? Slot);

/// <summary>What follows for the sink as a whole; lanes are judged by <see cref="PollDecision"/>.</summary>
/// <param name="Reload">Another epoch is current: stop and load it.</param>
/// <param name="ReFloor">A new epoch is needed.</param>
public readonly record struct SinkVerdict(bool Reload, ReFloorReason? ReFloor)
{
    /// <summary>Go on.</summary>
    public static SinkVerdict Continue => default;
}

/// <summary>Judges the sink as a whole; pure.</summary>
public static class SinkDecision
{
    /// <summary>Compares what was found with the epoch that the sink works under.</summary>
    /// <param name="mine">Epoch record of the sink.</param>
    /// <param name="facts">What was found.</param>
    /// <param name="anyProven">Whether any of its lanes has a frontier: with none, reads bypass anyway and a missing slot needs no further epoch.</param>
    public static SinkVerdict Judge(EpochRecord mine, SinkFacts facts, bool anyProven)
    {
        if (facts.Durable is { } durable && durable.Number != mine.Number)
        {
            return new SinkVerdict(true, null);
        }

        if (facts.Seen is { } seen && !FrontierDecision.Proves(mine.Identity, seen))
        {
            return new SinkVerdict(false, ReFloorReason.History);
        }

        if (facts.TopicId is { } topic && topic != mine.TopicId)
        {
            return new SinkVerdict(false, ReFloorReason.Topic);
        }

        return anyProven && facts.Slot is { } slot && !IsConsistent(slot) ? new SinkVerdict(false, ReFloorReason.Slot) : SinkVerdict.Continue;
    }

    /// <summary>Whether what Redis holds of a lane cannot be gone on with under this epoch.</summary>
    public static bool IsLost(LaneState stored, long epoch) =>
        PollDecision.Decide(stored, epoch, 0, Frontier.None, epoch, false).Action == PollAction.ReFloor;

    /// <summary>Whether the slot holds every change from some point on: the barrier may begin [M28].</summary>
    public static bool IsConsistent(SlotState slot) => slot is { Exists: true, Lost: false };
}
