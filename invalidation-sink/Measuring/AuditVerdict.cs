using Streams.Cache.Protocol;

namespace Streams.InvalidationSink.Measuring;

/// <summary>Judges what stands under a key some time after an invalidation of it was applied; pure.</summary>
public static class AuditVerdict
{
    /// <summary>
    /// Whether the value is a survivor: of the current epoch, so that a reader could be given it, and neither stamped at or above the invalidation
    /// nor read from a snapshot that shows its transaction, while the fence says that the invalidation was applied.
    /// </summary>
    /// <param name="fence">Fence cell of the key; null = absent.</param>
    /// <param name="value">Value seen from the key's lane; null = nothing there, or not ours.</param>
    /// <param name="offset">Offset of the invalidation.</param>
    /// <param name="xid">Its transaction, if known.</param>
    public static bool IsSurvivor(FenceCell? fence, StoredValue? value, long offset, ulong? xid) =>
        fence is { Version: { } version } cell && value is { } stored
        && cell.Epoch == stored.Epoch && version >= offset && !ApplyDecision.Keeps(stored, cell.Epoch, offset, xid);
}
