using System.Collections.Immutable;
using Streams.Core.Aggregates;
using Streams.Core.Values;
using Streams.Processors.Aggregates.State;

namespace Streams.Processors.Aggregates;

/// <summary>Cells of stage 1: sums in one piece, ordered and distinct values each under a key of its own, all in one batch.</summary>
internal sealed class CellStore(AggregatePlan plan, IStateStore store)
{
    private const int KeptMax = 10_000;
    private const int BucketCount = 64;
    private readonly Dictionary<Cell, HeldCell> _cells = [];
    private readonly HashSet<Cell> _changed = [];
    private readonly StateOverlay _distinct = new(store, StateFamily.Distinct);
    private readonly StateBatch _ordered = new();
    private readonly StateOverlay _buckets = new(store, StateFamily.Buckets);
    private readonly StateOverlay _dirtyBuckets = new(store, StateFamily.DirtyBuckets);
    private readonly ValueWriter _scratch = new();

    /// <summary>Version of a cell; null: it is not known, which is the same as empty and stated.</summary>
    public long? VersionOf(Cell cell) => Find(cell) is { IsKnown: true } entry ? entry.Version : null;

    /// <summary>Whether a cell has rows.</summary>
    public bool IsEmpty(Cell cell) => Find(cell).State.Rows == 0;

    /// <summary>Puts a row in or takes it out.</summary>
    public void Add(Cell cell, ReadOnlySpan<SqlValue> arguments, byte[] rowKey, string? keyText, int sign, long version)
    {
        var entry = Find(cell);
        entry.State.Add(arguments, sign);
        Restamp(cell, version);
        for (var i = 0; i < plan.Measures.Length; i++)
        {
            if (arguments[i].IsNull)
            {
                continue;
            }

            if (plan.Measures[i].IsOrdered)
            {
                AddOrdered(cell, i, arguments[i], rowKey, keyText, sign);
            }
            else if (plan.Measures[i].Kind == MeasureKind.CountDistinct)
            {
                AddDistinct(cell, i, arguments[i], sign, version);
            }
        }
    }

    /// <summary>Gives a cell a version.</summary>
    public void Restamp(Cell cell, long version)
    {
        var entry = Find(cell);
        (entry.Version, entry.IsKnown) = (version, true);
        _changed.Add(cell);
    }

    /// <summary>Gives a cell's buckets the version of a resync; those that are empty are forgotten, the sweep says so.</summary>
    public void RestampBuckets(Cell cell, long version)
    {
        foreach (var (key, _) in store.Scan(StateFamily.Buckets, Prefix(cell)).ToList())
        {
            if (store.Scan(StateFamily.Distinct, key).Any())
            {
                Stamp(key, version);
            }
            else
            {
                _buckets.Delete(key);
            }
        }
    }

    /// <summary>Forgets an empty cell that was stated.</summary>
    public void Forget(Cell cell)
    {
        Find(cell).IsKnown = false;
        _changed.Add(cell);
        foreach (var (key, _) in store.Scan(StateFamily.Buckets, Prefix(cell)).ToList())
        {
            _buckets.Delete(key);
        }
    }

    /// <summary>A bucket's statement was acknowledged.</summary>
    public void BucketStated(Cell cell, byte measure, byte bucket, long version)
    {
        var key = BucketKey(cell, measure, bucket);
        if (_buckets.Get(key) is not { } held || new ValueReader(held).Number() == version)
        {
            _dirtyBuckets.Delete(key);
        }
    }

    /// <summary>Every cell that is known, as written.</summary>
    public IEnumerable<Cell> Known() => store.Scan(StateFamily.Partials, []).Select(entry => Cell.Of(entry.Key));

    /// <summary>Moves the changes into a batch.</summary>
    public void Into(StateBatch batch)
    {
        foreach (var cell in _changed)
        {
            var entry = _cells[cell];
            if (entry.IsKnown)
            {
                _scratch.Clear().Number(entry.Version);
                entry.State.Write(_scratch);
                batch.Put(StateFamily.Partials, cell.Array, _scratch.ToArray());
            }
            else
            {
                batch.Delete(StateFamily.Partials, cell.Array);
            }
        }

        _ordered.MoveTo(batch);
        _distinct.Into(batch);
        _buckets.Into(batch);
        _dirtyBuckets.Into(batch);
        _changed.Clear();
        if (_cells.Count > KeptMax)
        {
            _cells.Clear();
        }
    }

    /// <summary>What is to be said of a cell, as written: its changed buckets first, then the cell, so that nobody sees the cell without them.</summary>
    public IEnumerable<PartialRecord> Statements(Cell cell, long epoch, int raw)
    {
        var entry = Find(cell);
        foreach (var (key, _) in store.Scan(StateFamily.DirtyBuckets, Prefix(cell)))
        {
            yield return Bucket(cell, key, epoch, raw);
        }

        yield return new CellState(epoch, raw, entry.Version, cell, entry.State.Rows == 0 && !HasBuckets(cell) ? [] : Partial(cell, entry.State).Write(plan));
    }

    private bool HasBuckets(Cell cell) => plan.Measures.Any(measure => measure.Kind == MeasureKind.CountDistinct) && store.Scan(StateFamily.Buckets, Prefix(cell)).Any();

    private CellPartial Partial(Cell cell, PartialState state)
    {
        var extras = ImmutableArray.CreateBuilder<MeasureExtra>(plan.Measures.Length);
        for (var i = 0; i < plan.Measures.Length; i++)
        {
            extras.Add(plan.Measures[i] switch
            {
                { IsOrdered: true } measure => MeasureExtra.None with { Best = Best(cell, i, measure) },
                { Kind: MeasureKind.CountDistinct } => MeasureExtra.None with { Buckets = Buckets(cell, i) },
                _ => MeasureExtra.None,
            });
        }

        return new CellPartial(state, extras.MoveToImmutable());
    }

    private ImmutableArray<TopEntry> Best(Cell cell, int measure, Measure of) =>
        [.. store.Scan(StateFamily.Ordered, Prefix(cell, measure), descending: of.Kind != MeasureKind.Minimum).Take(Math.Max(of.Limit, 1)).Select(entry => ReadEntry(entry.Value))];

    private ImmutableArray<BucketVersion> Buckets(Cell cell, int measure) =>
        [.. store.Scan(StateFamily.Buckets, Prefix(cell, measure)).Select(entry => new BucketVersion(entry.Key[^1], new ValueReader(entry.Value).Number()))];

    private static TopEntry ReadEntry(byte[] bytes)
    {
        var reader = new ValueReader(bytes);
        var value = reader.Value();
        return new TopEntry(value, reader.AtEnd ? "" : reader.Value().Text);
    }

    private BucketState Bucket(Cell cell, byte[] key, long epoch, int raw)
    {
        var values = new ValueWriter();
        foreach (var (value, _) in store.Scan(StateFamily.Distinct, key))
        {
            values.Bytes(value.AsSpan(key.Length));
        }

        var version = _buckets.Get(key) is { } held ? new ValueReader(held).Number() : 0;
        return new BucketState(epoch, raw, version, cell, key[^2], key[^1], values.ToArray());
    }

    private void AddOrdered(Cell cell, int measure, SqlValue value, byte[] rowKey, string? keyText, int sign)
    {
        _scratch.Clear().Bytes(cell.Bytes).Byte((byte)measure);
        SortKey.Append(_scratch, value);
        // The largest values are read from the end: of equal ones the smaller key must come last.
        foreach (var b in rowKey)
        {
            _scratch.Byte(plan.Measures[measure].Kind == MeasureKind.Top ? (byte)~b : b);
        }

        var key = _scratch.ToArray();
        if (sign < 0)
        {
            _ordered.Delete(StateFamily.Ordered, key);
            return;
        }

        _scratch.Clear().Value(value);
        _ordered.Put(StateFamily.Ordered, key, (keyText is null ? _scratch : _scratch.Value(SqlValue.Of(keyText))).ToArray());
    }

    private void AddDistinct(Cell cell, int measure, SqlValue value, int sign, long version)
    {
        var bytes = new ValueWriter().Value(value, canonical: true).ToArray();
        var bucket = BucketKey(cell, (byte)measure, BucketOf(bytes));
        byte[] key = [.. bucket, .. bytes];
        var count = _distinct.Get(key) is { } held ? new ValueReader(held).Number() : 0;
        if (count + sign == 0)
        {
            _distinct.Delete(key);
        }
        else
        {
            _distinct.Put(key, new ValueWriter().Number(count + sign).ToArray());
        }

        // How often a value is there is nobody else's concern.
        if (count == 0 || count + sign == 0)
        {
            Stamp(bucket, version);
        }
    }

    private void Stamp(byte[] bucket, long version)
    {
        _buckets.Put(bucket, new ValueWriter().Number(version).ToArray());
        _dirtyBuckets.Put(bucket, []);
    }

    private static byte BucketOf(ReadOnlySpan<byte> value)
    {
        var hash = 2166136261u;
        foreach (var b in value)
        {
            hash = (hash ^ b) * 16777619;
        }

        return (byte)((hash ^ (hash >> 15)) % BucketCount);
    }

    private byte[] Prefix(Cell cell) => new ValueWriter().Bytes(cell.Bytes).ToArray();

    private byte[] Prefix(Cell cell, int measure) => new ValueWriter().Bytes(cell.Bytes).Byte((byte)measure).ToArray();

    private static byte[] BucketKey(Cell cell, byte measure, byte bucket) => new ValueWriter().Bytes(cell.Bytes).Byte(measure).Byte(bucket).ToArray();

    private HeldCell Find(Cell cell)
    {
        if (!_cells.TryGetValue(cell, out var entry))
        {
            entry = store.Get(StateFamily.Partials, cell.Bytes) is { } bytes ? Decode(bytes) : new HeldCell(new PartialState(plan));
            _cells[cell] = entry;
        }

        return entry;
    }

    private HeldCell Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new ValueReader(bytes);
        var version = reader.Number();
        return new HeldCell(PartialState.Read(plan, ref reader)) { Version = version, IsKnown = true };
    }

    private sealed class HeldCell(PartialState state)
    {
        public PartialState State { get; } = state;

        public long Version { get; set; }

        public bool IsKnown { get; set; }
    }
}
