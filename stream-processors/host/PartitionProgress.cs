using Streams.Core.Errors;

namespace Streams.Processors.Host;

/// <summary>
/// What may be committed of one raw partition: the lowest record that is not done. Its only job: no offset passes a record whose output is not
/// acknowledged. Used by the consume loop alone.
/// </summary>
internal sealed class PartitionProgress
{
    private readonly Queue<PendingRecord> _pending = new();
    private long? _last;

    /// <summary>Records that hold the commit position back, or stand behind one that does.</summary>
    public int Count => _pending.Count;

    /// <summary>Begins a record.</summary>
    public PendingRecord Begin(long offset)
    {
        Invariant.Require(_last is null || offset > _last, "a partition is read in order");
        _last = offset;
        var record = new PendingRecord(offset);
        _pending.Enqueue(record);
        return record;
    }

    /// <summary>The offset to commit, if it has moved: one past the last record before which everything is done.</summary>
    public long? TakeCommittable()
    {
        long? next = null;
        while (_pending.TryPeek(out var record) && record.IsDone)
        {
            next = record.Offset + 1;
            _pending.Dequeue();
        }

        return next;
    }
}
