using Streams.Core.Aggregates;
using Streams.Processors.Aggregates.State;

namespace Streams.Processors.Aggregates;

/// <summary>What is held of windows whose bounds are known from the row alone, or of no windows: a cell is a row.</summary>
internal sealed class HeldCells : IHeld
{
    private readonly IStateStore _store;
    private readonly Func<int, RawState> _rawOf;
    private readonly Action<Cell> _changed;
    private readonly StateOverlay _partials;
    private readonly StateOverlay _buckets;
    private readonly BucketCounts _counts;
    private readonly CellMerge _merge;

    public HeldCells(AggregatePlan plan, int rawPartitions, IStateStore store, Func<int, RawState> rawOf, Action<Cell> changed)
    {
        (_store, _rawOf, _changed) = (store, rawOf, changed);
        _partials = new StateOverlay(store, StateFamily.Partials);
        // Each may hold thousands of values.
        _buckets = new StateOverlay(store, StateFamily.Distinct, keptMax: 0);
        _counts = new BucketCounts(_buckets);
        _merge = new CellMerge(plan, rawPartitions, _partials, _counts, raw => rawOf(raw).SweptAt);
    }

    public void Take(CellState state) => Take(_partials, PartialKey.Of(state.Cell, state.Raw), state.Version, state.State, state.Cell);

    public void Take(BucketState bucket) =>
        Take(_buckets, PartialKey.Of(bucket.Cell, bucket.Measure, bucket.Bucket, bucket.Raw), bucket.Version, bucket.Values, bucket.Cell);

    public void Sweep(Sweep sweep, bool isFirst)
    {
        Empty(_partials, StateFamily.Partials, sweep);
        Empty(_buckets, StateFamily.Distinct, sweep);
    }

    public MergedCell? Of(Cell cell) => _merge.Of(cell);

    public IEnumerable<Cell> Cells()
    {
        // One entry for each raw partition, one behind another.
        var last = default(Cell?);
        foreach (var (key, _) in _store.Scan(StateFamily.Partials, []))
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
            foreach (var (key, _) in _store.Scan(name, cell.Array).ToList())
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
        if (version < _rawOf(PartialKey.RawOf(key)).SweptAt)
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
        _changed(cell);
    }

    private void Empty(StateOverlay family, StateFamily name, Sweep sweep)
    {
        foreach (var (key, value) in _store.Scan(name, []))
        {
            if (PartialKey.RawOf(key) == sweep.Raw && Versioned.Read(value).Version < sweep.Version)
            {
                Set(family, key, null);
                _changed(PartialKey.CellOf(key));
            }
        }
    }

    private void Set(StateOverlay family, byte[] key, byte[]? value)
    {
        family.Set(key, value);
        if (family == _buckets)
        {
            _counts.Changed(key);
        }
    }
}
