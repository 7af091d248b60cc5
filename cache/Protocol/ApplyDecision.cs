namespace Streams.Cache.Protocol;

/// <summary>Whether a batch may be applied.</summary>
public enum ApplyAdmission
{
    /// <summary>Raise, remove, advance: in this order [M6].</summary>
    Proceed,

    /// <summary>The position or a slot that the batch touches is of another epoch.</summary>
    Foreign,

    /// <summary>The position is absent.</summary>
    Lost,

    /// <summary>The stored position is before the batch: Redis went back in time [M5].</summary>
    Rewind,
}

/// <summary>APPLY, decided by <c>apply.lua</c> in one script; a differential test holds the two together. Nothing but <see cref="ApplyAdmission.Proceed"/> advances the position.</summary>
public static class ApplyDecision
{
    /// <summary>Judges a batch before anything is written.</summary>
    /// <param name="epoch">Epoch that the sink holds.</param>
    /// <param name="first">Position that the batch was read from.</param>
    /// <param name="applied">Stored position of the lane.</param>
    /// <param name="fences">Fence cells of all targets; null = the slot's table was lost alone, which <see cref="Raise"/> restores [M9].</param>
    public static ApplyAdmission Admit(long epoch, long first, AppliedPosition? applied, IEnumerable<FenceCell?> fences)
    {
        if (applied is not { } position)
        {
            return ApplyAdmission.Lost;
        }

        if (position.Epoch != epoch)
        {
            return ApplyAdmission.Foreign;
        }

        if (position.Next < first)
        {
            return ApplyAdmission.Rewind;
        }

        return fences.Any(fence => fence is { } cell && cell.Epoch != epoch) ? ApplyAdmission.Foreign : ApplyAdmission.Proceed;
    }

    /// <summary>F := max(F or A − 1, o): by maximum, so that duplicates and late zombies lower nothing [M4]; an absent cell counts as everything applied so far [M9].</summary>
    public static FenceCell Raise(FenceCell? fence, AppliedPosition applied, long offset) =>
        new(applied.Epoch, Math.Max(fence?.Version ?? applied.Next - 1, offset));

    /// <summary>Whether the stored value stays: it is stamped at or above the invalidation, or its snapshot already shows the transaction (same epoch only).</summary>
    public static bool Keeps(StoredValue value, long epoch, long offset, ulong? xid) =>
        !value.IsBefore(epoch, offset) || (value.Epoch == epoch && xid is { } known && value.Tokens is { } tokens && tokens.Sees(known));

    /// <summary>A := max(A, next) [M5b]; the leader epoch goes with the position that it belongs to.</summary>
    public static AppliedPosition Advance(AppliedPosition applied, long next, int? leaderEpoch) =>
        next >= applied.Next ? new AppliedPosition(applied.Epoch, next, leaderEpoch ?? applied.LeaderEpoch) : applied;
}
