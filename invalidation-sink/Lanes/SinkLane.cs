using Streams.Cache.Protocol;

namespace Streams.InvalidationSink.Lanes;

/// <summary>Whether a lane may be applied.</summary>
public enum LanePhase
{
    /// <summary>Assigned; nothing is known of what Redis holds, records are dropped (they are read again).</summary>
    Idle,

    /// <summary>Position and epoch are known.</summary>
    Applying,

    /// <summary>Redis answered something unexpected: nothing is applied until the next poll has judged it.</summary>
    Halted,
}

/// <summary>What a sink knows of one of its lanes. Changed only by <see cref="LaneMachine"/>.</summary>
/// <param name="Lane">Partition.</param>
/// <param name="Phase">Whether records are applied.</param>
/// <param name="Epoch">Epoch that the lane is applied under.</param>
/// <param name="From">Offset from which the lane has been read without a gap since it was loaded.</param>
/// <param name="Next">Next offset to apply.</param>
/// <param name="Proven">Highest offset proven visible, or <see cref="Frontier.None"/> before the barrier.</param>
/// <param name="Queue">Records read and not proven.</param>
public sealed record SinkLane(int Lane, LanePhase Phase, long Epoch, long From, long Next, long Proven, XidRuns Queue)
{
    /// <summary>A lane just assigned.</summary>
    public static SinkLane Assigned(int lane) => new(lane, LanePhase.Idle, 0, 0, 0, Frontier.None, XidRuns.From(0));

    /// <summary>Whether the frontier has to begin with a barrier.</summary>
    public bool NeedsBarrier => Phase != LanePhase.Idle && Proven == Frontier.None;

    /// <summary>Whether records wait to be seen visible.</summary>
    public bool HasUnproven => Phase != LanePhase.Idle && Proven != Frontier.None && Proven + 1 < Queue.End;
}
