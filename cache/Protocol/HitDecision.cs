namespace Streams.Cache.Protocol;

/// <summary>Whether a stored value may be given to the caller, and if not, why.</summary>
public enum HitOutcome
{
    /// <summary>The value may be served.</summary>
    Hit,

    /// <summary>Nothing is stored, or not by us.</summary>
    Absent,

    /// <summary>The slot's fence table is absent: the value cannot be judged [M8].</summary>
    FenceAbsent,

    /// <summary>The value was filled under another epoch [M31b].</summary>
    OtherEpoch,

    /// <summary>A tag of the value was invalidated after the value was read [M18].</summary>
    TagInvalidated,

    /// <summary>The value does not depend on exactly the tags that the reader asks about: rules changed since.</summary>
    OtherTags,

    /// <summary>The caller's own write is not known to be in the value [M32].</summary>
    BeforeCommit,
}

/// <summary>HIT: value.E == S.E, stamp[lane(t)] ≥ F[t] for each tag t of the value, and the caller's commits are in the value's tokens.</summary>
public static class HitDecision
{
    /// <summary>Judges a stored value.</summary>
    /// <param name="valueEpoch">Epoch in its header; null = no value or not ours.</param>
    /// <param name="fence">Fence cell of the value's key. Its version does not matter here: APPLY removes the key itself.</param>
    /// <param name="sameTags">Whether the value's tags are the reader's.</param>
    /// <param name="tags">For each tag the value's stamp of the tag's lane [M19] and the tag's fence.</param>
    /// <param name="containsCommits">Whether the value's tokens contain the commits that the caller must see; true if there are none.</param>
    public static HitOutcome Decide(long? valueEpoch, FenceCell? fence, bool sameTags, IReadOnlyList<TagState> tags, bool containsCommits)
    {
        if (valueEpoch is not { } epoch)
        {
            return HitOutcome.Absent;
        }

        if (fence is not { } slot)
        {
            return HitOutcome.FenceAbsent;
        }

        if (slot.Epoch != epoch)
        {
            return HitOutcome.OtherEpoch;
        }

        if (!sameTags)
        {
            return HitOutcome.OtherTags;
        }

        foreach (var tag in tags)
        {
            if (!Holds(tag, epoch))
            {
                return HitOutcome.TagInvalidated;
            }
        }

        return containsCommits ? HitOutcome.Hit : HitOutcome.BeforeCommit;
    }

    /// <summary>Whether a value of <paramref name="epoch"/> is not older than the fence of one of its tags. An absent or foreign fence proves nothing.</summary>
    public static bool Holds(TagState tag, long epoch) =>
        tag.Fence is { Version: { } version } fence && fence.Epoch == epoch && tag.Stamp is { } stamp && stamp >= version;
}
