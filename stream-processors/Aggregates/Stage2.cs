using System.Collections.Immutable;
using Streams.Core.Aggregates;
using Streams.Processors.Aggregates.Sessions;
using Streams.Processors.Aggregates.State;

namespace Streams.Processors.Aggregates;

/// <summary>
/// Stage 2 of an aggregate for one partition of the partials: holds what each raw partition says of each cell, merges, and says the rows. Pure apart
/// from the store; one thread.
/// <code>
/// Reconcile ─┐
/// Take … Take → Commit → Begin … acknowledged by the broker … End
///                 ▲ Seen: its own output, read back and followed, so that an old row of somebody else is never the last word
/// </code>
/// What is to be said is in memory only, and a bounded part of it at a time: whoever opens the store, or may say something only now, compares what
/// is held with the output, a stretch with each <see cref="Begin"/>. So a store of millions of rows that do not change costs no memory.
/// </summary>
public sealed class Stage2 : IDisposable
{
    private const int DirtyMax = 10_000;
    private const int WalkedMax = 20_000;
    private readonly AggregatePlan _plan;
    private readonly long _epoch;
    private readonly IStateStore _store;
    private readonly IHeld _held;
    private readonly StateOverlay _published;
    private readonly StateOverlay _windows;
    private readonly HashSet<Cell> _dirty = [];
    private readonly HashSet<Cell> _again = [];
    private readonly StateBatch _batch = new();
    private Stage2Meta _meta;
    private IEnumerator<Cell>? _walk;
    private bool _mayPublish;
    private bool _isMissing;
    private long _expiredUpTo = long.MinValue;

    /// <summary>Opens a task on its store.</summary>
    /// <param name="plan">The aggregate.</param>
    /// <param name="epoch">Epoch that the store is of.</param>
    /// <param name="rawPartitions">Partitions of the raw topic.</param>
    /// <param name="end">End of the partials now, for a store that is new: what lies below is asked for by a resync.</param>
    /// <param name="store">The task's store.</param>
    public Stage2(AggregatePlan plan, long epoch, int rawPartitions, long end, IStateStore store)
    {
        (_plan, _epoch, _store) = (plan, epoch, store);
        _published = new StateOverlay(store, StateFamily.Published);
        _windows = new StateOverlay(store, StateFamily.Windows);
        _meta = Stage2Meta.Read(store) ?? new Stage2Meta(end, 0, long.MinValue, [.. Enumerable.Repeat(new RawState(0, long.MaxValue, -1, 0, null), rawPartitions)]);
        _isMissing = Missing.Any();
        _held = plan.HasSessions
            ? new HeldSessions(plan, rawPartitions, store, raw => _meta.Raw[raw], MarkDirty)
            : new HeldCells(plan, rawPartitions, store, raw => _meta.Raw[raw], Changed);
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

    /// <summary>Cells of which it is known that their newest row was not acknowledged yet; while <see cref="IsReconciled"/>, all of them.</summary>
    public int Dirty => _dirty.Count;

    /// <summary>Everything that is held was compared with the output.</summary>
    public bool IsReconciled => _mayPublish && _walk is null && !_isMissing;

    /// <summary>Moment of the source that every raw partition contains; null: not known of all.</summary>
    public SourceClock? Clock => _meta.Raw.Any(raw => raw.Clock is null)
        ? null
        : new SourceClock(_meta.Raw.Min(raw => raw.Clock!.Value.Lsn), _meta.Raw.Min(raw => raw.Clock!.Value.Micros));

    /// <summary>Notes the request, made after this store was begun, whose sweep it waits for.</summary>
    public void Want(int raw, long request)
    {
        _meta = _meta with { Raw = _meta.Raw.SetItem(raw, _meta.Raw[raw] with { Wanted = request }) };
        _isMissing = Missing.Any();
        Commit();
    }

    /// <summary>Takes one record of the partials. Of another epoch: nothing.</summary>
    public void Take(PartialRecord record, long offset)
    {
        if (offset < _meta.Position)
        {
            return;
        }

        if (record is Sweep)
        {
            // What it empties is looked up in the store; and a position behind it must not be written without what it does.
            Commit();
        }

        _meta = _meta with { Position = offset + 1 };
        if (record.Epoch != _epoch)
        {
            return;
        }

        switch (record)
        {
            case CellState state when !IsDropped(state.Cell):
                _held.Take(state);
                break;
            case BucketState bucket when !IsDropped(bucket.Cell):
                _held.Take(bucket);
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
    /// <param name="row">What it says.</param>
    /// <param name="isOwn">Whether this very task wrote it: then a newer one of ours follows, or is dirty.</param>
    /// <param name="offset">Its offset.</param>
    public void Seen(Cell cell, PublishedRow row, bool isOwn, long offset)
    {
        if (offset < _meta.OutputPosition)
        {
            return;
        }

        _meta = _meta with { OutputPosition = offset + 1 };
        Publish(cell, isOwn ? row : AsSeen(cell, row));
        if (!isOwn && IsNoting && Owes(cell))
        {
            MarkDirty(cell);
            _again.Add(cell);
        }
    }

    /// <summary>
    /// From now on rows may be said: after an assignment, when the output was read back, and when the epoch goes live. Compares everything with what
    /// was read back, bit by bit.
    /// </summary>
    public void Reconcile()
    {
        Commit();
        _mayPublish = true;
        _walk?.Dispose();
        _walk = _held.Cells().Concat(_store.Scan(StateFamily.Published, []).Select(entry => Cell.Of(entry.Key))).GetEnumerator();
    }

    /// <summary>Lets go of the store, before it is closed.</summary>
    public void Dispose() => _walk?.Dispose();

    /// <summary>Writes everything since the last time in one batch.</summary>
    public void Commit()
    {
        MoveClock();
        _held.Into(_batch);
        _published.Into(_batch);
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
        _again.Clear();
        Walk(max);
        foreach (var cell in _isMissing ? [] : _dirty)
        {
            if (rows.Count + passed.Count >= max)
            {
                break;
            }

            if (RowOf(cell) is not { } row)
            {
                continue;
            }

            if (IsSaid(cell, row))
            {
                passed.Add(cell);
            }
            else if (!IsBehind(cell, row))
            {
                rows.Add((cell, row));
            }

            IndexSession(cell, row);
        }

        if (_plan.HasSessions)
        {
            // Their ends must be in the store before the clock moves on, or it would pass them unseen.
            Commit();
        }

        return new RowEmission(rows, passed);
    }

    /// <summary>The broker has acknowledged an emission.</summary>
    public void End(RowEmission emission)
    {
        // What is dropped must be in the store.
        Commit();
        // An older row of somebody else may have come after ours.
        foreach (var (cell, row) in emission.Rows.Where(one => !_again.Contains(one.Cell)))
        {
            Publish(cell, PublishedRow.Of(_plan, row));
            var now = RowOf(cell);
            Finish(cell, now ?? row, now is not null && !Owes(cell, now));
        }

        foreach (var cell in emission.Passed.Where(cell => !_again.Contains(cell)))
        {
            if (RowOf(cell) is { } now)
            {
                Finish(cell, now, IsSaid(cell, now));
            }
        }

        Commit();
    }

    /// <summary>The row of a cell as it is now; null: a part of it is on its way.</summary>
    public AggregateRow? RowOf(Cell cell)
    {
        if (_held.Of(cell) is not { } merged)
        {
            return null;
        }

        var (groups, start) = cell.Read(_plan);
        var clock = Clock;
        var isFinal = merged.End is { } over && clock is { } now && now.Micros > Closed(over) + WindowMath.Micros(_plan.Window!.Grace);
        var isEmpty = merged.Measures.IsEmpty || IsExpired(merged.End);
        var offsets = merged.Versions.Select((version, raw) => Math.Max(version, _meta.Raw[raw].Position)).ToImmutableArray();
        // Of a session that is gone the last one that was said.
        var end = merged.End ?? (_plan.HasSessions ? Published(cell)?.End ?? start : null);
        return new AggregateRow(
            groups, start, end, isEmpty ? [] : merged.Measures, new AggregateVersion(_epoch, merged.Versions.Sum(), isFinal),
            new AsOf(offsets, clock?.Lsn, clock?.Micros))
        {
            IsEmpty = isEmpty,
        };
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
            _held.Sweep(sweep, isFirst: raw.Swept < raw.Wanted);
            raw = raw with { SweptAt = sweep.Version };
        }

        raw = raw.Seen(sweep.StoreId, sweep.Version, null) with { Swept = Math.Max(raw.Swept, sweep.Request) };
        _meta = _meta with { Raw = _meta.Raw.SetItem(sweep.Raw, raw) };
        var wasMissing = _isMissing;
        _isMissing = Missing.Any();
        if (wasMissing && !_isMissing && _mayPublish)
        {
            // Only now is it known which of the published rows nobody has stated.
            Reconcile();
        }
    }

    /// <summary>Goes on comparing until so many cells are dirty.</summary>
    private void Walk(int max)
    {
        for (var walked = 0; _walk is { } walk && !_isMissing && _dirty.Count < max && walked < WalkedMax; walked++)
        {
            if (!walk.MoveNext())
            {
                walk.Dispose();
                _walk = null;
            }
            else if (Owes(walk.Current) || IsLeft(walk.Current))
            {
                _dirty.Add(walk.Current);
            }
        }
    }

    /// <summary>Its window is out of retain, that was said, and then the process died.</summary>
    private bool IsLeft(Cell cell) => _plan.Window is { Retain: not null } && RowOf(cell) is { IsEmpty: true } row && IsExpired(row.WindowEnd);

    private void Take(Progress progress)
    {
        var held = _meta.Raw[progress.Raw];
        if (held.Stores.Contains(progress.StoreId))
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
            _meta = _meta with { FinalUpTo = MarkWindows(_meta.FinalUpTo, final, isLast: false) };
        }

        if (window.Retain is { } retain && IsNoting)
        {
            _expiredUpTo = MarkWindows(_expiredUpTo, Closed(clock.Micros - WindowMath.Micros(retain)), isLast: true);
        }
    }

    /// <summary>Marks what ends in a stretch of time; gives the end of the stretch, or where enough is dirty: the rest with the next batch.</summary>
    private long MarkWindows(long from, long until, bool isLast)
    {
        if (!IsNoting || from >= until)
        {
            return Math.Max(from, until);
        }

        if (_dirty.Count >= DirtyMax)
        {
            return from;
        }

        foreach (var (key, _) in _store.Range(StateFamily.Windows, WindowKey.From(from), WindowKey.From(until)))
        {
            if (_dirty.Count >= DirtyMax && WindowKey.EndOf(key) > from)
            {
                return WindowKey.EndOf(key);
            }

            from = WindowKey.EndOf(key);
            MarkDirty(WindowKey.CellOf(key));
            if (isLast)
            {
                _windows.Delete(key);
            }
        }

        return until;
    }

    /// <summary>From when on no row in time can change a window that ends there: a session waits for the gap.</summary>
    private long Closed(long end) => _plan.HasSessions ? end + WindowMath.Micros(_plan.Window!.Size) : end;

    /// <summary>A cell was stated anew: its row is to be said, and its window's end to be noticed.</summary>
    private void Changed(Cell cell)
    {
        MarkDirty(cell);
        if (_plan.Window is { } window && cell.WindowStart is { } start)
        {
            Index(WindowMath.EndOf(window, start), cell);
        }
    }

    private void Index(long end, Cell cell)
    {
        var key = WindowKey.Of(end, cell);
        if (_windows.Get(key) is null)
        {
            _windows.Put(key, []);
        }
    }

    /// <summary>A session's end moves: where it was is forgotten.</summary>
    private void IndexSession(Cell cell, AggregateRow row)
    {
        if (!_plan.HasSessions || IsExpired(row.WindowEnd))
        {
            return;
        }

        if (Published(cell) is { End: { } old } && old != row.WindowEnd)
        {
            _windows.Delete(WindowKey.Of(Closed(old), cell));
        }

        Index(Closed(row.WindowEnd!.Value), cell);
    }

    /// <summary>A window out of retain is no part of the aggregate any more.</summary>
    private bool IsExpired(long? end) =>
        _plan.Window is { Retain: { } retain } && end is { } over && Clock is { } clock && over < clock.Micros - WindowMath.Micros(retain);

    /// <summary>What is stated of it is not held any more: by its key alone, so that nothing need be remembered of it.</summary>
    private bool IsDropped(Cell cell) => !_plan.HasSessions && cell.WindowStart is { } start && IsExpired(WindowMath.EndOf(_plan.Window!, start));

    private void Drop(Cell cell)
    {
        _held.Drop(cell);
        _published.Delete(cell.Array);
    }

    private PublishedRow? Published(Cell cell) => _published.Get(cell.Array) is { } bytes ? PublishedRow.Read(bytes) : null;

    private void Publish(Cell cell, PublishedRow row)
    {
        var highest = _plan.HasSessions && Published(cell) is { } held && held.Highest.IsAbove(row.Version) ? held.Highest : row.Version;
        _published.Put(cell.Array, (row with { Highest = highest }).Write());
    }

    /// <summary>
    /// A row of somebody else, as it is kept: a session that this store knows no row of may have had newer ones, which the topic does not hold any more
    /// because this one came after them. So what it says does not count, unless it is known to be as new as ours.
    /// </summary>
    private PublishedRow AsSeen(Cell cell, PublishedRow row) =>
        _plan.HasSessions && Published(cell) is null && (Missing.Any() || RowOf(cell) is not { } ours || ours.Version.IsAbove(row.Version)) ? row with { Digest = [] } : row;

    /// <summary>Whether the last row of a cell in the output is not what it has to be.</summary>
    private bool Owes(Cell cell) => RowOf(cell) is { } ours ? Owes(cell, ours) : _plan.HasSessions;

    private bool Owes(Cell cell, AggregateRow ours)
    {
        if (Published(cell) is not { } last)
        {
            return !ours.IsEmpty;
        }

        if (_plan.HasSessions && last.Version.Epoch == _epoch)
        {
            return !last.Says(PublishedRow.Of(_plan, ours));
        }

        // A row of an older epoch that is empty says what we would say.
        return last.Version.Epoch <= _epoch && ours.Version.IsAbove(last.Version) && !(last.IsEmpty && ours is { IsEmpty: true, Version.Revision: 0 });
    }

    /// <summary>Nothing is to be said: an empty row of which nobody has been told, or a session that is in the output as it is.</summary>
    private bool IsSaid(Cell cell, AggregateRow row) => (row.IsEmpty || _plan.HasSessions) && Published(cell) is { } last
        ? (row.IsEmpty && last is { IsEmpty: true, Version.Revision: 0 }) || (_plan.HasSessions && last.Says(PublishedRow.Of(_plan, row)))
        : row.IsEmpty;

    /// <summary>Somebody has said a newer row of a session, of what has not come here yet: nobody would take ours.</summary>
    private bool IsBehind(Cell cell, AggregateRow row) => _plan.HasSessions && Published(cell) is { } last && last.Highest.IsAbove(row.Version);

    /// <summary>Whether what changes is noted; else all is compared when it is.</summary>
    private bool IsNoting => _mayPublish && !_isMissing;

    private void MarkDirty(Cell cell)
    {
        if (IsNoting)
        {
            _dirty.Add(cell);
        }
    }

    private void Finish(Cell cell, AggregateRow row, bool isSaid)
    {
        if (row.IsEmpty && IsExpired(row.WindowEnd))
        {
            Drop(cell);
        }
        else if (!isSaid)
        {
            return;
        }

        _dirty.Remove(cell);
    }
}

/// <summary>Rows that are said together.</summary>
/// <param name="Rows">Rows.</param>
/// <param name="Passed">Empty cells that need not be said.</param>
public sealed record RowEmission(IReadOnlyList<(Cell Cell, AggregateRow Row)> Rows, IReadOnlyList<Cell> Passed);
