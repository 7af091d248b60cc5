using Streams.Core.Fencing;

namespace Streams.Cache.Protocol;

/// <summary>A lane record in the keeper's queue.</summary>
/// <param name="Offset">Lane offset.</param>
/// <param name="Xid">64-bit transaction id; null = void: a snapshot record, or of another database history than the epoch's [M31].</param>
public readonly record struct LaneRecord(long Offset, ulong? Xid);

/// <summary>Where a keeper begins.</summary>
/// <param name="NeedsBarrier">No frontier of this epoch is stored: prove the lane's end by a barrier.</param>
/// <param name="Proven">Frontier to go on from; <see cref="Frontier.None"/> before the barrier.</param>
/// <param name="ReadFrom">Lane offset to read again from.</param>
public readonly record struct KeeperStart(bool NeedsBarrier, long Proven, long ReadFrom);

/// <summary>KEEPER and BARRIER: how far every record's transaction has been seen visible on the primary.</summary>
public static class FrontierDecision
{
    /// <summary>vk := stored V if its tag is E, else BARRIER. The lane is read again from min(V + 1, A), never from A: what is applied need not be visible [M2b].</summary>
    public static KeeperStart Start(Frontier? stored, AppliedPosition applied, long epoch) =>
        stored is { IsProven: true } frontier && frontier.Epoch == epoch
            ? new KeeperStart(false, frontier.Offset, Math.Min(frontier.Offset + 1, applied.Next))
            : new KeeperStart(true, Frontier.None, applied.Next);

    /// <summary>BARRIER is passed: every transaction up to <paramref name="newXid"/> is finished. It must be a newly assigned id: the snapshot's xmax is not enough [M12b].</summary>
    public static bool BarrierPassed(ulong newXid, PgSnapshot snapshot) => snapshot.Xmin > newXid;

    /// <summary>V after the barrier: the lane's end as it was read <em>before</em> the barrier began [M30].</summary>
    /// <param name="laneEnd">Next offset of the lane then.</param>
    public static long AfterBarrier(long laneEnd) => laneEnd - 1;

    /// <summary>Moves the frontier over every record that is void or whose transaction the snapshot shows [M1].</summary>
    /// <param name="proven">Frontier so far; records at or below it are skipped.</param>
    /// <param name="queue">Records above it, in offset order; gaps are control records.</param>
    /// <param name="next">Position after the last record read: with all proven, the frontier is below it.</param>
    /// <param name="snapshot">Taken on the primary, of the epoch's identity.</param>
    public static long Advance(long proven, IEnumerable<LaneRecord> queue, long next, PgSnapshot snapshot)
    {
        foreach (var record in queue)
        {
            if (record.Offset > proven && record.Xid is { } xid && !snapshot.Sees(xid))
            {
                return Math.Max(proven, record.Offset - 1);
            }
        }

        return Math.Max(proven, next - 1);
    }

    /// <summary>A look at the primary proves something only if it is the epoch's own history.</summary>
    public static bool Proves(DatabaseIdentity ofEpoch, DatabaseIdentity seen) => ofEpoch == seen;

    /// <summary>What publishing leaves stored: by maximum within an epoch, refused (null) if the stored tag is newer [M15].</summary>
    public static Frontier? Publish(Frontier? stored, Frontier proven) =>
        stored is not { } old || old.Epoch < proven.Epoch ? proven
        : old.Epoch > proven.Epoch ? null
        : old with { Offset = Math.Max(old.Offset, proven.Offset) };
}
