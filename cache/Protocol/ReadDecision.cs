namespace Streams.Cache.Protocol;

/// <summary>Why a reader may not fill, and mostly not hit either.</summary>
public enum ReadStart
{
    /// <summary>All frontiers are there, of one epoch: a fill may be stamped with them.</summary>
    Ready,

    /// <summary>A lane has no proven frontier: between a loss or re-floor and its barrier.</summary>
    NoFrontier,

    /// <summary>Frontiers of two epochs: a re-floor is under way.</summary>
    Torn,

    /// <summary>Frontiers of an epoch whose identity the reader does not hold: read the durable record again.</summary>
    UnknownEpoch,
}

/// <summary>
/// READ: may what is filled now be stamped with these frontiers? They were read in one atomic reply, before the snapshot on the primary [M2 M20],
/// one for every lane that the value depends on [M19].
/// </summary>
public static class ReadDecision
{
    /// <summary>Judges the frontiers of one reply.</summary>
    /// <param name="frontiers">One per lane; null = absent in Redis.</param>
    /// <param name="known">Epoch whose durable record the reader holds.</param>
    public static ReadStart Begin(IReadOnlyList<Frontier?> frontiers, long known)
    {
        long? epoch = null;
        foreach (var frontier in frontiers)
        {
            if (frontier is not { } found || !found.IsProven)
            {
                return ReadStart.NoFrontier;
            }

            // The reader's epoch is the tag of V, and V's of two epochs have no common one [M15].
            if (epoch is { } other && other != found.Epoch)
            {
                return ReadStart.Torn;
            }

            epoch = found.Epoch;
        }

        return epoch switch
        {
            null => ReadStart.NoFrontier,
            { } one when one == known => ReadStart.Ready,
            _ => ReadStart.UnknownEpoch,
        };
    }
}
