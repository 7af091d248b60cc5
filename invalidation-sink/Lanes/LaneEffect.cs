using System.Collections.Immutable;
using Streams.Cache.Protocol;

namespace Streams.InvalidationSink.Lanes;

/// <summary>What the host has to do after a step of <see cref="LaneMachine"/>.</summary>
public abstract record LaneEffect
{
    private LaneEffect()
    {
    }

    /// <summary>Read the lane from here on. The leader epoch lets the consumer notice a truncated lane [M36].</summary>
    public sealed record Read(long From, int? LeaderEpoch) : LaneEffect;

    /// <summary>APPLY this batch, then hand the answer to <see cref="LaneMachine.Answer"/>.</summary>
    public sealed record Apply(ApplyBatch Batch) : LaneEffect;

    /// <summary>Publish the frontier.</summary>
    public sealed record Publish(Frontier Frontier) : LaneEffect;

    /// <summary>Poll at once.</summary>
    public sealed record PollNow : LaneEffect;

    /// <summary>A new epoch is needed.</summary>
    public sealed record ReFloor : LaneEffect;

    /// <summary>Somebody else has begun a new epoch: stop all lanes and load it.</summary>
    public sealed record Reload : LaneEffect;
}

/// <summary>A lane after a step, and what is to be done.</summary>
public readonly record struct LaneStep(SinkLane Lane, ImmutableArray<LaneEffect> Effects);
