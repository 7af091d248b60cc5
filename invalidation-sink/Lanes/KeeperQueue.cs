using Streams.Cache.Protocol;

namespace Streams.InvalidationSink.Lanes;

/// <summary>
/// Records of a lane that are applied and whose transactions are not yet proven visible, in offset order. Neighbours of one transaction are one entry,
/// so that a large transaction costs as much as a small one.
/// </summary>
public sealed class KeeperQueue
{
    private readonly LinkedList<(LaneRecord First, long Last)> _runs = [];

    /// <summary>Whether nothing waits.</summary>
    public bool IsEmpty => _runs.Count == 0;

    /// <summary>Number of entries.</summary>
    public int Count => _runs.Count;

    /// <summary>Adds a record above all others; one that is there already is ignored.</summary>
    public void Add(LaneRecord record)
    {
        if (_runs.Last is not { } last || record.Offset > last.Value.Last)
        {
            if (_runs.Last is { } run && run.Value.First.Xid == record.Xid)
            {
                run.Value = (run.Value.First, record.Offset);
            }
            else
            {
                _runs.AddLast((record, record.Offset));
            }
        }
    }

    /// <summary>First record of each entry.</summary>
    public IEnumerable<LaneRecord> Records => _runs.Select(run => run.First);

    /// <summary>Forgets what is proven.</summary>
    public void DropThrough(long proven)
    {
        while (_runs.First is { } first && first.Value.Last <= proven)
        {
            _runs.RemoveFirst();
        }
    }
}
