using Streams.Core.Aggregates;
using Streams.Processors.Aggregates.State;

namespace Streams.Processors.Aggregates;

/// <summary>What is held of windows whose bounds are known from the row alone, or of no windows: a cell is a row.</summary>
internal sealed class HeldCells(AggregatePlan plan, int rawPartitions, IStateStore store, Func<int, RawState> rawOf, Action<Cell> changed) : IHeld
{
    private readonly StateOverlay _partials = new(store, StateFamily.Partials);
    // Each may hold thousands of values.
    private readonly StateOverlay _buckets = new(store, StateFamily.Distinct, keptMax: 0);
    private BucketCounts? _counts;
    private CellMerge? _merge;

    private BucketCounts Counts => _counts ??= new BucketCounts(_buckets);

    private CellMerge Merge => _merge ??= new CellMerge(plan, rawPartitions, _partials, Counts, raw => rawOf(raw).SweptAt);

    public void Take(CellState state) => Take(_partials, PartialKey.Of(state.Cell, state.Raw), state.Version, state.State, state.Cell);

    public void Take(BucketState bucket) =>
        Take(_buckets, PartialKey.Of(bucket.Cell, bucket.Measure, bucket.Bucket, bucket.Raw), bucket.Version, bucket.Values, bucket.Cell);

    public void Sweep(Sweep sweep, bool isFirst)
    {
        Empty(_partials, StateFamily.Partials, sweep);
        Empty(_buckets, StateFamily.Distinct, sweep);
    }

    public MergedCell? Of(Cell cell) => Merge.Of(cell);

    public IEnumerable<Cell> Cells()
    {
        // One entry for each raw partition, one behind another.
        var last = default(Cell?);
        foreach (var (key, _) in store.Scan(StateFamily.Partials, []))
        {
            var cell = PartialKey.CellOf(key);
            if (!cell.Equals(last))
            {
                last = cell;
                yield return cell;
            }
        }
    }

    public void Drop(Cell cell)
    {
        foreach (var (family, name) in new[] { (_partials, StateFamily.Partials), (_buckets, StateFamily.Distinct) })
        {
            foreach (var (key, _) in store.Scan(name, cell.Array).ToList())
            {
                Set(family, key, null);
            }
        }
    }

    public void Into(StateBatch batch)
    {
        _partials.Into(batch);
        _buckets.Into(batch);
    }

    private void Take(StateOverlay family, byte[] key, long version, byte[] state, Cell cell)
    {
        if (version < rawOf(PartialKey.RawOf(key)).SweptAt)
        {
            return;
        }

        if (family.Get(key) is { } held)
        {
            var known = Versioned.Read(held);
            if (version < known.Version || (version == known.Version && state.AsSpan().SequenceEqual(known.Rest)))
            {
                return;
            }
        }

        Set(family, key, Versioned.Write(version, state));
        changed(cell);
    }

    private void Empty(StateOverlay family, StateFamily name, Sweep sweep)
    {
        foreach (var (key, value) in store.Scan(name, []))
        {
            if (PartialKey.RawOf(key) == sweep.Raw && Versioned.Read(value).Version < sweep.Version)
            {
                Set(family, key, null);
                changed(PartialKey.CellOf(key));
            }
        }
    }

    private void Set(StateOverlay family, byte[] key, byte[]? value)
    {
        family.Set(key, value);
        if (family == _buckets)
        {
            Counts.Changed(key);
        }
    }
}
