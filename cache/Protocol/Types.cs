using System.Collections.Immutable;

namespace Streams.Cache.Protocol;

/// <summary>Frontier of a lane as stored: every record at or below <see cref="Offset"/> belongs to a transaction seen visible on the primary, or is void.</summary>
/// <param name="Epoch">Epoch that the offset belongs to; 0 = never published.</param>
/// <param name="Offset">Highest such offset, −1 for a lane that was empty when the barrier passed (a frontier like any other: a fill may be stamped with it);
/// <see cref="None"/> with an epoch means that nothing is proven yet (reads bypass, fills are refused).</param>
public readonly record struct Frontier(long Epoch, long Offset)
{
    /// <summary>Offset of a frontier that has an epoch but is not proven yet: between RE-FLOOR's step 3 and its barrier.</summary>
    public const long None = -2;

    /// <summary>Whether an offset is proven.</summary>
    public bool IsProven => Offset > None;
}

/// <summary>Position of a lane as stored beside the values: <see cref="Next"/> is the next offset to apply.</summary>
public readonly record struct AppliedPosition(long Epoch, long Next, int? LeaderEpoch);

/// <summary>What Redis holds for a lane; null = absent.</summary>
public readonly record struct LaneState(int Lane, Frontier? Frontier, AppliedPosition? Applied);

/// <summary>One invalidation to apply: its offset in the lane is its version.</summary>
/// <param name="Offset">Lane offset.</param>
/// <param name="Target">Key or tag.</param>
/// <param name="IsTag">Whether the target is a tag: then only the fence is raised, its members are reaped apart.</param>
/// <param name="Xid">64-bit transaction id if known: a stored value whose snapshot shows it is left in place.</param>
public readonly record struct Invalidation(long Offset, string Target, bool IsTag, ulong? Xid);

/// <summary>A consumer batch of one lane.</summary>
/// <param name="Lane">Lane.</param>
/// <param name="Epoch">Epoch that the sink holds.</param>
/// <param name="First">Position that the batch was read from (offsets may have gaps from control records).</param>
/// <param name="Next">Position after it.</param>
/// <param name="LeaderEpoch">Leader epoch of the last record, if known.</param>
/// <param name="Records">In offset order; may be empty (only control records).</param>
public sealed record ApplyBatch(int Lane, long Epoch, long First, long Next, int? LeaderEpoch, ImmutableArray<Invalidation> Records);

/// <summary>Answer of APPLY. Only <see cref="Applied"/> has advanced the position.</summary>
public abstract record ApplyResult
{
    private ApplyResult()
    {
    }

    /// <summary>Fences raised, older values gone, position advanced. <paramref name="Removed"/> lists the keys that held an older value.</summary>
    public sealed record Applied(ImmutableArray<string> Removed) : ApplyResult;

    /// <summary>Redis holds another epoch: I am a zombie, or Redis is older than the durable epoch.</summary>
    public sealed record Foreign(long StoredEpoch) : ApplyResult;

    /// <summary>Redis has lost the position: re-floor.</summary>
    public sealed record Lost : ApplyResult;

    /// <summary>Redis went back in time: read again from <paramref name="Next"/>.</summary>
    public sealed record Rewind(long Next) : ApplyResult;
}
