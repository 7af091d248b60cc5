namespace Streams.Cache.Protocol;

/// <summary>
/// RE-FLOOR, step 3, in pieces: each slot's table, A and V move on their own and in any order, each only if the new tag is newer.
/// A piece that is already of this epoch or a later one stays as it is: two sinks may re-floor against each other.
/// </summary>
public static class ReFloorDecision
{
    /// <summary>The compare of every piece.</summary>
    /// <param name="stored">Epoch of what is stored; null = absent.</param>
    /// <param name="epoch">New epoch.</param>
    public static bool Replaces(long? stored, long epoch) => stored is not { } old || old < epoch;

    /// <summary>A slot's table: all cells at the lane's floor A′ − 1.</summary>
    public static FenceCell Slot(FenceCell? stored, long epoch, long next) =>
        stored is { } old && !Replaces(old.Epoch, epoch) ? old : new FenceCell(epoch, next - 1);

    /// <summary>The lane's position.</summary>
    public static AppliedPosition Applied(AppliedPosition? stored, long epoch, long next) =>
        stored is { } old && !Replaces(old.Epoch, epoch) ? old : new AppliedPosition(epoch, next, null);

    /// <summary>The lane's frontier: nothing is proven until the barrier has passed [M12].</summary>
    public static Frontier Published(Frontier? stored, long epoch) =>
        stored is { } old && !Replaces(old.Epoch, epoch) ? old : new Frontier(epoch, Frontier.None);

    /// <summary>
    /// A slot's table that was lost alone (absent, or without floor, or left behind by an unfinished re-floor) comes back at A − 1 of the same epoch.
    /// Null: it may not, because the lane's position is not of this epoch.
    /// </summary>
    public static FenceCell? Restore(FenceCell? stored, AppliedPosition? applied, long epoch)
    {
        if (applied is not { } position || position.Epoch != epoch)
        {
            return null;
        }

        return stored is { } old && (old.Epoch > epoch || (old.Epoch == epoch && old.Version is not null))
            ? old
            : new FenceCell(epoch, position.Next - 1);
    }
}
