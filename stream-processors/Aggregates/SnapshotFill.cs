using Streams.Processors.Aggregates.State;

namespace Streams.Processors.Aggregates;

/// <summary>
/// Which rows of an incremental snapshot count in an epoch that is filled by one. Every transaction of before the epoch's start was visible when the
/// snapshot was asked for, so a row of which the stream has said nothing since is as the snapshot read it; of all others the stream says more, also
/// of those that it has deleted. When the snapshot is complete every row is known, and no snapshot can tell more. A row that was read before the
/// snapshot was asked for is of another one, whoever sends it now: it may be gone since.
/// </summary>
/// <param name="store">The task's store.</param>
/// <param name="since">Position of the WAL before the snapshot was asked for.</param>
internal sealed class SnapshotFill(IStateStore store, long since)
{
    private readonly StateOverlay _deleted = new(store, StateFamily.Deleted);
    private long _end = long.MaxValue;
    private bool _isSwept;

    /// <summary>The snapshot is complete below this offset.</summary>
    public void EndAt(long offset) => _end = offset;

    /// <summary>Whether a row of a snapshot that is not known counts.</summary>
    /// <param name="rowKey">Its key.</param>
    /// <param name="offset">Of its record.</param>
    /// <param name="commit">Last commit before it was sent; -1: not known.</param>
    public bool Takes(byte[] rowKey, long offset, long commit) => offset < _end && (commit > since || commit < 0) && _deleted.Get(rowKey) is null;

    /// <summary>
    /// Whether the snapshot shows what a streamed change made of a row that is not known: it was written before, its transaction had ended when the
    /// snapshot was asked for, and only a source that repeats itself sends it now.
    /// </summary>
    public bool Shows(RowVersion change) => change.Lsn < since;

    /// <summary>The stream has deleted a row.</summary>
    public void Deleted(byte[] rowKey, long offset)
    {
        if (offset < _end)
        {
            _deleted.Put(rowKey, []);
        }
    }

    /// <summary>Moves the changes into a batch; when the snapshot is folded, what it needed is forgotten.</summary>
    public void Into(StateBatch batch, long position)
    {
        _deleted.Into(batch);
        if (position < _end || _isSwept)
        {
            return;
        }

        _isSwept = true;
        foreach (var (key, _) in store.Scan(StateFamily.Deleted, []))
        {
            batch.Delete(StateFamily.Deleted, key);
        }
    }
}
