using System.Collections.Immutable;

namespace Streams.InvalidationSink.Host.Observing;

/// <summary>One lane as <c>/status</c> shows it.</summary>
/// <param name="Lane">Partition.</param>
/// <param name="Phase">Idle, Applying or Halted.</param>
/// <param name="Position">Next offset to apply.</param>
/// <param name="End">End of the lane as last seen; null if not yet.</param>
/// <param name="Frontier">V; null while nothing is proven.</param>
/// <param name="Queue">Runs that wait to be seen visible.</param>
internal sealed record LaneStatus(int Lane, string Phase, long Position, long? End, long? Frontier, int Queue)
{
    /// <summary>Records not yet applied.</summary>
    public long? Lag => End is { } end ? Math.Max(0, end - Position) : null;
}

/// <summary>The sink at one moment.</summary>
internal sealed record SinkSnapshot(long? Epoch, ImmutableArray<LaneStatus> Lanes, double FrontierAgeSeconds, bool SlotMissing, int ReapQueue)
{
    public static SinkSnapshot None { get; } = new(null, [], 0, false, 0);
}

/// <summary>What the loop shows to the endpoints: written by the loop, read by anybody.</summary>
internal sealed class SinkStatus
{
    private volatile SinkSnapshot _snapshot = SinkSnapshot.None;
    private volatile bool _joined;

    public SinkSnapshot Snapshot
    {
        get => _snapshot;
        set => _snapshot = value;
    }

    /// <summary>Whether the group has given this instance an assignment once; it may be empty.</summary>
    public bool Joined
    {
        get => _joined;
        set => _joined = value;
    }
}
