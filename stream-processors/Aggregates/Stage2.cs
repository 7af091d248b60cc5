using System.Collections.Immutable;
using Streams.Core.Aggregates;
using Streams.Core.Values;
using Streams.Processors.Aggregates.State;

namespace Streams.Processors.Aggregates;

/// <summary>
/// Stage 2 of an aggregate for one partition of the partials: holds what each raw partition says of each cell, merges, and says the rows. Pure apart
/// from the store; one thread.
/// <code>
/// Take … Take → Commit → Begin … acknowledged by the broker … End
///                 ▲ Seen: its own output, read back and followed, so that an old row of somebody else is never the last word
/// </code>
/// </summary>
public sealed class Stage2
{
    private readonly AggregatePlan _plan;
    private readonly long _epoch;
    private readonly IStateStore _store;
    private readonly StateOverlay _partials;
    private readonly StateOverlay _buckets;
    private readonly StateOverlay _published;
    private readonly StateOverlay _dirtyChanges;
    private readonly StateOverlay _windows;
    private readonly CellMerge _merge;
    private readonly HashSet<Cell> _dirty;
    private readonly StateBatch _batch = new();
    private Stage2Meta _meta;

    /// <summary>Opens a task on its store.</summary>
    /// <param name="plan">The aggregate.</param>
    /// <param name="epoch">Epoch that the store is of.</param>
    /// <param name="rawPartitions">Partitions of the raw topic.</param>
    /// <param name="end">End of the partials now, for a store that is new: what lies below is asked for by a resync.</param>
    /// <param name="store">The task's store.</param>
    public Stage2(AggregatePlan plan, long epoch, int rawPartitions, long end, IStateStore store)
    {
        (_plan, _epoch, _store) = (plan, epoch, store);
        _partials = new StateOverlay(store, StateFamily.Partials);
        _buckets = new StateOverlay(store, StateFamily.Distinct);
        _published = new StateOverlay(store, StateFamily.Published);
        _dirtyChanges = new StateOverlay(store, StateFamily.Dirty);
        _windows = new StateOverlay(store, StateFamily.Windows);
        _meta = Stage2Meta.Read(store) ?? new Stage2Meta(end, 0, long.MinValue, [.. Enumerable.Repeat(new RawState(0, long.MaxValue, -1, 0, null), rawPartitions)]);
        _merge = new CellMerge(plan, rawPartitions, _partials, _buckets, raw => _meta.Raw[raw].SweptAt);
        _dirty = [.. store.Scan(StateFamily.Dirty, []).Select(entry => Cell.Of(entry.Key))];
    }

    /// <summary>Offset of the next record of the partials.</summary>
    public long Position => _meta.Position;

    /// <summary>Offset of the next record of the output to read back.</summary>
    public long OutputPosition => _meta.OutputPosition;

    /// <summary>By raw partition.</summary>
    public ImmutableArray<RawState> Raw => _meta.Raw;

    /// <summary>Raw partitions that must still sweep before anything is said: what they stated before this store began is not known.</summary>
    public IEnumerable<int> Missing => Enumerable.Range(0, _meta.Raw.Length).Where(raw => _meta.Raw[raw].Swept < _meta.Raw[raw].Wanted);

    /// <summary>Raw partitions of which no request was noted yet: one is to be made, and noted by <see cref="Want"/>.</summary>
    public IEnumerable<int> Unasked => Enumerable.Range(0, _meta.Raw.Length).Where(raw => _meta.Raw[raw].Wanted == long.MaxValue);

    /// <summary>Cells whose newest row was not acknowledged yet.</summary>
    public int Dirty => _dirty.Count;

    /// <summary>Moment of the source that every raw partition contains; null: not known of all.</summary>
    public SourceClock? Clock => _meta.Raw.Any(raw => raw.Clock is null)
        ? null
        : new SourceClock(_meta.Raw.Min(raw => raw.Clock!.Value.Lsn), _meta.Raw.Min(raw => raw.Clock!.Value.Micros));

    /// <summary>Notes the request, made after this store was begun, whose sweep it waits for.</summary>
    public void Want(int raw, long request)
    {
        _meta = _meta with { Raw = _meta.Raw.SetItem(raw, _meta.Raw[raw] with { Wanted = request }) };
        Commit();
    }

    /// <summary>Takes one record of the partials. Of another epoch: nothing.</summary>
    public void Take(PartialRecord record, long offset)
    {
        if (offset < _meta.Position)
        {
            return;
        }

        _meta = _meta with { Position = offset + 1 };
        if (record.Epoch != _epoch)
        {
            return;
        }

        switch (record)
        {
            case CellState state when !IsExpired(state.Cell):
                Take(_partials, PartialKey.Of(state.Cell, state.Raw), state.Version, state.State, state.Cell);
                break;
            case BucketState bucket when !IsExpired(bucket.Cell):
                Take(_buckets, PartialKey.Of(bucket.Cell, bucket.Measure, bucket.Bucket, bucket.Raw), bucket.Version, bucket.Values, bucket.Cell);
                break;
            case Sweep sweep:
                Take(sweep);
                break;
            case Progress progress:
                Take(progress);
                break;
        }
    }

    /// <summary>A record of the output was read back.</summary>
    /// <param name="cell">Its cell.</param>
    /// <param name="version">Its version.</param>
    /// <param name="isEmpty">Whether it is an empty row.</param>
    /// <param name="isOwn">Whether this very task wrote it: then a newer one of ours follows, or is dirty.</param>
    /// <param name="offset">Its offset.</param>
    public void Seen(Cell cell, AggregateVersion version, bool isEmpty, bool isOwn, long offset)
    {
        if (offset < _meta.OutputPosition)
        {
            return;
        }

        _meta = _meta with { OutputPosition = offset + 1 };
        _published.Put(cell.Array, PublishedRow.Write(version, isEmpty));
        if (!isOwn && OursIsAbove(cell, version, isEmpty))
        {
            MarkDirty(cell);
        }
    }

    /// <summary>Compares everything with what was read back: after an assignment, and when the epoch goes live.</summary>
    public void Reconcile()
    {
        Commit();
        foreach (var (key, _) in _store.Scan(StateFamily.Partials, []).ToList())
        {
            var cell = PartialKey.CellOf(key);
            if (_published.Get(cell.Array) is not { } bytes || OursIsAbove(cell, PublishedRow.Read(bytes).Version, PublishedRow.Read(bytes).IsEmpty))
            {
                MarkDirty(cell);
            }
        }

        foreach (var (key, bytes) in _store.Scan(StateFamily.Published, []).ToList())
        {
            var (version, isEmpty) = PublishedRow.Read(bytes);
            if (OursIsAbove(Cell.Of(key), version, isEmpty))
            {
                MarkDirty(Cell.Of(key));
            }
        }

        Commit();
    }

    /// <summary>Writes everything since the last time in one batch.</summary>
    public void Commit()
    {
        MoveClock();
        _partials.Into(_batch);
        _buckets.Into(_batch);
        _published.Into(_batch);
        _dirtyChanges.Into(_batch);
        _windows.Into(_batch);
        _meta.Into(_batch);
        _store.Write(_batch);
        _batch.Clear();
    }

    /// <summary>Rows to say now, at most so many. Nothing while a sweep is missing. Only after <see cref="Commit"/>, and one emission at a time.</summary>
    public RowEmission Begin(int max)
    {
        var rows = new List<(Cell Cell, AggregateRow Row)>();
        var passed = new List<Cell>();
        if (!Missing.Any())
        {
            foreach (var cell in _dirty.Take(max))
            {
                switch (RowOf(cell))
                {
                    case { } row when !row.IsEmpty || IsPublished(cell):
                        rows.Add((cell, row));
                        break;
                    case not null:
                        // Nobody has ever been told of it.
                        passed.Add(cell);
                        break;
                }
            }
        }

        return new RowEmission(rows, passed);
    }

    /// <summary>The broker has acknowledged an emission.</summary>
    public void End(RowEmission emission)
    {
        // What is dropped must be in the store.
        Commit();
        foreach (var (cell, row) in emission.Rows)
        {
            _published.Put(cell.Array, PublishedRow.Write(row.Version, row.IsEmpty));
            if (IsExpired(cell))
            {
                Drop(cell);
                Clean(cell);
            }
            else if (RowOf(cell) is { } now && now.Version == row.Version)
            {
                Clean(cell);
            }
        }

        foreach (var cell in emission.Passed.Where(cell => RowOf(cell) is { IsEmpty: true }))
        {
            Clean(cell);
        }

        Commit();
    }

    /// <summary>The row of a cell as it is now; null: its buckets are on their way.</summary>
    public AggregateRow? RowOf(Cell cell)
    {
        var merged = _merge.Of(cell);
        if (!merged.IsComplete)
        {
            return null;
        }

        var (groups, start) = cell.Read(_plan);
        var end = start is { } at ? WindowMath.EndOf(_plan.Window!, at) : (long?)null;
        var clock = Clock;
        var isFinal = end is { } over && clock is { } now && now.Micros > over + WindowMath.Micros(_plan.Window!.Grace);
        var isEmpty = merged.Measures.IsEmpty || IsExpired(cell);
        var offsets = merged.Versions.Select((version, raw) => Math.Max(version, _meta.Raw[raw].Position)).ToImmutableArray();
        return new AggregateRow(
            groups, start, end, isEmpty ? [] : merged.Measures, new AggregateVersion(_epoch, merged.Versions.Sum(), isFinal),
            new AsOf(offsets, clock?.Lsn, clock?.Micros))
        {
            IsEmpty = isEmpty,
        };
    }

    private void Take(StateOverlay family, byte[] key, long version, byte[] state, Cell cell)
    {
        if (version < _meta.Raw[PartialKey.RawOf(key)].SweptAt)
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

        family.Put(key, Versioned.Write(version, state));
        Index(cell);
        MarkDirty(cell);
    }

    private void Take(Sweep sweep)
    {
        var raw = _meta.Raw[sweep.Raw];
        if (sweep.Request < raw.Wanted)
        {
            // Begun before this store: what was stated for it may not have been seen here.
            return;
        }

        if (sweep.Version > raw.SweptAt)
        {
            Commit();
            Empty(_partials, StateFamily.Partials, sweep);
            Empty(_buckets, StateFamily.Distinct, sweep);
            raw = raw with { SweptAt = sweep.Version };
        }

        raw = raw.Seen(sweep.StoreId, sweep.Version, null) with { Swept = Math.Max(raw.Swept, sweep.Request) };
        _meta = _meta with { Raw = _meta.Raw.SetItem(sweep.Raw, raw) };
    }

    private void Empty(StateOverlay family, StateFamily name, Sweep sweep)
    {
        foreach (var (key, value) in _store.Scan(name, []).ToList())
        {
            if (PartialKey.RawOf(key) == sweep.Raw && Versioned.Read(value).Version < sweep.Version)
            {
                family.Delete(key);
                MarkDirty(PartialKey.CellOf(key));
            }
        }
    }

    private void Take(Progress progress)
    {
        var held = _meta.Raw[progress.Raw];
        if (held.Continues(progress.StoreId, progress.From))
        {
            _meta = _meta with { Raw = _meta.Raw.SetItem(progress.Raw, held.Seen(progress.StoreId, progress.Version, progress.Clock)) };
        }
    }

    /// <summary>What the source's clock makes final is said so; what it takes out of retain is said to be empty, and dropped.</summary>
    private void MoveClock()
    {
        if (_plan.Window is not { } window || Clock is not { } clock)
        {
            return;
        }

        var final = clock.Micros - WindowMath.Micros(window.Grace);
        if (final > _meta.FinalUpTo)
        {
            MarkWindows(_meta.FinalUpTo, final);
            _meta = _meta with { FinalUpTo = final };
        }

        if (window.Retain is { } retain)
        {
            MarkWindows(long.MinValue, clock.Micros - WindowMath.Micros(retain));
        }
    }

    private void MarkWindows(long from, long until)
    {
        foreach (var (key, _) in _store.Range(StateFamily.Windows, WindowKey.From(from), WindowKey.From(until)))
        {
            MarkDirty(WindowKey.CellOf(key));
        }
    }

    private void Index(Cell cell)
    {
        if (_plan.Window is { } window && cell.WindowStart is { } start)
        {
            var key = WindowKey.Of(WindowMath.EndOf(window, start), cell);
            if (_windows.Get(key) is null)
            {
                _windows.Put(key, []);
            }
        }
    }

    /// <summary>A window out of retain is no part of the aggregate any more; by its key alone, so that nothing need be remembered of it.</summary>
    private bool IsExpired(Cell cell) =>
        _plan.Window is { Retain: { } retain } window && cell.WindowStart is { } start && Clock is { } clock
        && WindowMath.EndOf(window, start) < clock.Micros - WindowMath.Micros(retain);

    private void Drop(Cell cell)
    {
        foreach (var (family, name) in new[] { (_partials, StateFamily.Partials), (_buckets, StateFamily.Distinct) })
        {
            foreach (var (key, _) in _store.Scan(name, cell.Array).ToList())
            {
                family.Delete(key);
            }
        }

        _windows.Delete(WindowKey.Of(WindowMath.EndOf(_plan.Window!, cell.WindowStart!.Value), cell));
        _published.Delete(cell.Array);
    }

    private bool OursIsAbove(Cell cell, AggregateVersion version, bool isEmpty)
    {
        if (version.Epoch > _epoch || RowOf(cell) is not { } ours)
        {
            return false;
        }

        // A row of an older epoch that is empty says what we would say.
        return ours.Version.IsAbove(version) && !(isEmpty && ours is { IsEmpty: true, Version.Revision: 0 });
    }

    private bool IsPublished(Cell cell) => _published.Get(cell.Array) is { } bytes && !(PublishedRow.Read(bytes) is { IsEmpty: true, Version.Revision: 0 });

    private void MarkDirty(Cell cell)
    {
        if (_dirty.Add(cell))
        {
            _dirtyChanges.Put(cell.Array, []);
        }
    }

    private void Clean(Cell cell)
    {
        _dirty.Remove(cell);
        _dirtyChanges.Delete(cell.Array);
    }
}

/// <summary>Rows that are said together.</summary>
/// <param name="Rows">Rows.</param>
/// <param name="Passed">Empty cells that need not be said.</param>
public sealed record RowEmission(IReadOnlyList<(Cell Cell, AggregateRow Row)> Rows, IReadOnlyList<Cell> Passed);
