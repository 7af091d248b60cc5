using Streams.Core.Fencing;

namespace Streams.Cache.Protocol;

/// <summary>What became of a fill. The caller has its value in every case.</summary>
public enum FillOutcome
{
    /// <summary>Stored.</summary>
    Accepted,

    /// <summary>The slot's fence table is absent, or has neither cell nor floor [M8].</summary>
    FenceAbsent,

    /// <summary>The slot is of another epoch than the reader's frontier [M11 M15].</summary>
    OtherEpoch,

    /// <summary>An invalidation that the reader's snapshot may lack was applied meanwhile [M3]: the race that this cache is built around.</summary>
    BehindFence,

    /// <summary>The same for one of the value's tags. Not needed for fenced hits (they check tags themselves), but it keeps plain GET clients from it.</summary>
    BehindTagFence,

    /// <summary>A value of the same epoch with a higher stamp is there and stays.</summary>
    NewerStored,

    /// <summary>The snapshot came from another history than the epoch's [M27].</summary>
    OtherHistory,

    /// <summary>The statement ran inside a transaction that writes: what it read may be rolled back (R10).</summary>
    InsideWrite,
}

/// <summary>FILL: may a value that a reader brings be stored? <c>fill.lua</c> decides the same in Redis; a differential test holds the two together.</summary>
public static class FillDecision
{
    /// <summary>The reader's part, before Redis is asked: identity(E) never changes, so it may be tested here [M27].</summary>
    /// <param name="ofEpoch">Identity in the durable record of the reader's epoch.</param>
    /// <param name="seen">Identity that the reader's own statement returned, of the same snapshot as the data.</param>
    /// <param name="insideWrite">Whether that statement ran in a transaction with an xid.</param>
    /// <returns>Null if nothing speaks against asking Redis.</returns>
    public static FillOutcome? RefuseBefore(DatabaseIdentity ofEpoch, DatabaseIdentity seen, bool insideWrite) =>
        ofEpoch != seen ? FillOutcome.OtherHistory : insideWrite ? FillOutcome.InsideWrite : null;

    /// <summary>The part decided in Redis, atomically with the store.</summary>
    /// <param name="epoch">Reader's epoch: the tag of its frontier.</param>
    /// <param name="stamp">Reader's frontier of the key's lane.</param>
    /// <param name="fence">Fence of the key; null = table absent.</param>
    /// <param name="tags">For each tag the reader's frontier of the tag's lane and the tag's fence.</param>
    /// <param name="stored">What is under the key now, seen from the key's lane; null = nothing.</param>
    public static FillOutcome Decide(long epoch, long stamp, FenceCell? fence, IReadOnlyList<TagState> tags, StoredValue? stored)
    {
        if (fence is not { } slot)
        {
            return FillOutcome.FenceAbsent;
        }

        if (slot.Epoch != epoch)
        {
            return FillOutcome.OtherEpoch;
        }

        if (slot.Version is not { } version)
        {
            return FillOutcome.FenceAbsent;
        }

        if (stamp < version)
        {
            return FillOutcome.BehindFence;
        }

        foreach (var tag in tags)
        {
            if (!HitDecision.Holds(tag, epoch))
            {
                return FillOutcome.BehindTagFence;
            }
        }

        // The epoch is compared first: a dead value must not block fills by its high stamp [M14].
        return stored is { } value && value.Epoch == epoch && value.Stamp > stamp ? FillOutcome.NewerStored : FillOutcome.Accepted;
    }
}
