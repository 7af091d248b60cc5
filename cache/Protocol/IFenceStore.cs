using System.Collections.Immutable;

namespace Streams.Cache.Protocol;

/// <summary>The sink's side of the fence in Redis. Every call is one script or one pipeline; see fence protocol in docs/design/0002-fence.md.</summary>
public interface IFenceStore
{
    /// <summary>APPLY: raise the fences, remove older values, advance the position, as one script.</summary>
    Task<ApplyResult> ApplyAsync(ApplyBatch batch, CancellationToken cancellationToken);

    /// <summary>POLL: what Redis holds for these lanes.</summary>
    Task<ImmutableArray<LaneState>> PollAsync(IReadOnlyCollection<int> lanes, CancellationToken cancellationToken);

    /// <summary>Slots in [<paramref name="firstSlot"/>, +<paramref name="count"/>) whose fence table is absent or of another epoch than <paramref name="epoch"/>.</summary>
    Task<ImmutableArray<int>> AuditFencesAsync(int firstSlot, int count, long epoch, CancellationToken cancellationToken);

    /// <summary>Publishes the frontier of a lane, by maximum within the epoch. False: Redis holds a newer epoch.</summary>
    Task<bool> PublishFrontierAsync(int lane, Frontier frontier, CancellationToken cancellationToken);

    /// <summary>
    /// RE-FLOOR: every fence of every slot, and V and A of every lane, move to <paramref name="epoch"/>, each only if what is stored is older.
    /// <paramref name="nextOffsets"/>[lane] is A′; fences are floored at A′ − 1; V becomes (epoch, none).
    /// </summary>
    Task ReFloorAsync(long epoch, IReadOnlyList<long> nextOffsets, CancellationToken cancellationToken);

    /// <summary>Restores the fence tables of slots that were lost alone, floored at their lane's A − 1.</summary>
    Task RestoreFencesAsync(IReadOnlyCollection<int> slots, long epoch, CancellationToken cancellationToken);

    /// <summary>UNLINKs up to <paramref name="max"/> members of a tag whose value is older than the tag's fence. Returns whether members are left to look at.</summary>
    Task<ReapResult> ReapAsync(string tag, int max, CancellationToken cancellationToken);

    /// <summary>Highest epoch seen anywhere in Redis (lane keys), 0 if none.</summary>
    Task<long> HighestEpochAsync(CancellationToken cancellationToken);
}

/// <summary>What a bounded reap did.</summary>
public readonly record struct ReapResult(int Removed, bool More);
