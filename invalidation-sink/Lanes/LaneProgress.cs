using Streams.Cache.Protocol;
using Streams.Core.Fencing;

namespace Streams.InvalidationSink.Lanes;

/// <summary>What a record that was read means for its lane.</summary>
public enum Arrival
{
    /// <summary>The next one.</summary>
    Next,

    /// <summary>Already there.</summary>
    Old,

    /// <summary>Offsets are missing before it: read again from the expected one.</summary>
    Gap,
}

/// <summary>BARRIER in progress: the lane's end as it was before, and the transaction id that must finish.</summary>
/// <param name="LaneEnd">Next offset of the lane, read before the id was assigned [M30].</param>
/// <param name="Xid">Newly assigned transaction id [M12b].</param>
public readonly record struct Barrier(long LaneEnd, ulong Xid);

/// <summary>
/// What a sink knows of one lane: where it reads, and how far the keeper has proven. Pure: the host does the reading, asking and storing.
/// It holds nothing that Redis and Kafka do not hold; whatever goes wrong with a lane is mended by forgetting it and calling <see cref="Start"/>.
/// </summary>
public sealed class LaneProgress(int lane)
{
    private readonly KeeperQueue _queue = new();
    private long _gapAskedAt = -1;

    /// <summary>Lane.</summary>
    public int Lane { get; } = lane;

    /// <summary>Next offset to apply.</summary>
    public long Position { get; private set; }

    /// <summary>Frontier; <see cref="Frontier.None"/> until the barrier has passed.</summary>
    public long Proven { get; private set; } = Frontier.None;

    /// <summary>Whether nothing of this epoch is proven yet.</summary>
    public bool NeedsBarrier { get; private set; }

    /// <summary>The barrier that is waited for, if one was begun.</summary>
    public Barrier? Barrier { get; private set; }

    /// <summary>Whether records wait for proof.</summary>
    public bool IsWaiting => NeedsBarrier || !_queue.IsEmpty || Proven < Position - 1;

    /// <summary>Entries of the keeper's queue.</summary>
    public int QueueLength => _queue.Count;

    /// <summary>Begins from what Redis holds: reading starts at min(V + 1, A), so that records applied but not yet visible are looked at again [M2b].</summary>
    public void Start(LaneState stored, long epoch)
    {
        var start = FrontierDecision.Start(stored.Frontier, stored.Applied!.Value, epoch);
        (Position, Proven, NeedsBarrier) = (start.ReadFrom, start.Proven, start.NeedsBarrier);
        _queue.DropThrough(long.MaxValue);
        Barrier = null;
        _gapAskedAt = -1;
    }

    /// <summary>
    /// Judges an arriving offset. A gap is asked about once more from the expected offset: what was lost below the log's start is then an error of the
    /// fetch, and only control records (which are never delivered) remain a gap.
    /// </summary>
    public Arrival Judge(long offset)
    {
        if (offset < Position)
        {
            return Arrival.Old;
        }

        if (offset > Position && _gapAskedAt != Position)
        {
            _gapAskedAt = Position;
            return Arrival.Gap;
        }

        return Arrival.Next;
    }

    /// <summary>A batch was applied.</summary>
    public void Advance(long next, IEnumerable<LaneRecord> records)
    {
        foreach (var record in records)
        {
            if (record.Offset > Proven)
            {
                _queue.Add(record);
            }
        }

        Position = Math.Max(Position, next);
    }

    /// <summary>A barrier has begun.</summary>
    public void Begin(Barrier barrier) => Barrier = barrier;

    /// <summary>Looks at a snapshot of the epoch's own history.</summary>
    /// <returns>The frontier to publish if it moved, else null.</returns>
    public long? Prove(PgSnapshot snapshot)
    {
        var before = Proven;
        if (NeedsBarrier)
        {
            if (Barrier is not { } barrier || !FrontierDecision.BarrierPassed(barrier.Xid, snapshot))
            {
                return null;
            }

            Proven = FrontierDecision.AfterBarrier(barrier.LaneEnd);
            (NeedsBarrier, Barrier) = (false, null);
            _queue.DropThrough(Proven);
        }

        Proven = FrontierDecision.Advance(Proven, _queue.Records, Position, snapshot);
        _queue.DropThrough(Proven);
        return Proven > before ? Proven : null;
    }
}
