using Streams.Core.Aggregates;
using Streams.Core.Values;
using Streams.Processors.Aggregates.Sessions;
using Streams.Processors.Aggregates.State;

namespace Streams.Processors.Aggregates;

/// <summary>
/// Stage 1 of an aggregate for one raw partition: folds its records and says what the fold is, in statements that carry the version at which they
/// hold (docs/design/0006-aggregates.md). Pure apart from the store; one thread.
/// <code>
/// Fold … Fold → Commit (one batch: rows, cells, dirty, position) → Begin … acknowledged by the broker … End → Commit
/// </code>
/// A crash anywhere leaves the last batch: what is dirty in it is said again, which is harmless.
/// </summary>
public sealed class Stage1 : IDisposable
{
    private readonly AggregatePlan _plan;
    private readonly int _raw;
    private readonly long _epoch;
    private readonly IStateStore _store;
    private readonly StateOverlay _rows;
    private readonly StateOverlay _dirtyChanges;
    private readonly SnapshotFill? _fill;
    private readonly CellStore _cells;
    private readonly LateRows _late;
    private readonly Contribution _contribution;
    private readonly DirtyCells _dirty;
    private readonly bool _hasSessions;
    private readonly long _start;
    private readonly StateBatch _batch = new();
    private readonly ValueWriter _scratch = new();
    private Stage1Meta _meta;
    private Resync? _resync;
    private long _reportedTo;

    /// <summary>Opens a task on its store.</summary>
    /// <param name="plan">The aggregate.</param>
    /// <param name="raw">Raw partition.</param>
    /// <param name="epoch">Epoch that the store is of.</param>
    /// <param name="start">Offset at which the epoch begins in this partition, for a store that is new.</param>
    /// <param name="floor">What is older is no part of the epoch: of one that is filled, rows of snapshots; of another, any record.</param>
    /// <param name="store">The task's store.</param>
    /// <param name="storeId">Random name for a store that is new.</param>
    /// <param name="reportFrom">Late changes below this offset are not reported: another has done so, or they are older than the aggregate.</param>
    /// <param name="isFilled">Whether the epoch takes its rows from an incremental snapshot that was asked for at its start.</param>
    public Stage1(
        AggregatePlan plan, int raw, long epoch, long start, RowVersion floor, IStateStore store, long storeId, long reportFrom = 0, bool isFilled = false)
    {
        (_plan, _raw, _epoch, _start, _store, _hasSessions) = (SlotPlan.Of(plan), raw, epoch, start, store, plan.HasSessions);
        _rows = new StateOverlay(store, StateFamily.Rows, keptMax: 0);
        _dirtyChanges = new StateOverlay(store, StateFamily.Dirty);
        _fill = isFilled ? new SnapshotFill(store, floor.Commit) : null;
        _cells = new CellStore(_plan, store);
        _late = new LateRows(plan, raw, epoch, reportFrom, store);
        _contribution = new Contribution(_plan);
        _meta = Stage1Meta.Read(store) ?? new Stage1Meta(start, isFilled ? RowVersion.None : floor, 0, null, storeId, start);
        _dirty = new DirtyCells(_hasSessions);
        foreach (var (cell, _) in store.Scan(StateFamily.Dirty, []))
        {
            _dirty.Add(Cell.Of(cell));
        }
    }

    /// <summary>Offset of the next record to fold.</summary>
    public long Position => _meta.Position;

    /// <summary>This store has not said yet how far it is: nobody counts on what it says.</summary>
    public bool IsSilent => _meta.Progressed <= _start;

    /// <summary>Highest request for a resync that was answered.</summary>
    public long Served => _meta.Served;

    /// <summary>Highest moment of the source that is contained.</summary>
    public SourceClock? Clock => _meta.Clock;

    /// <summary>Cells whose newest state was not acknowledged yet.</summary>
    public int Dirty => _dirty.Count;

    /// <summary>Late rows whose report was not acknowledged yet.</summary>
    public int Late => _late.Count;

    /// <summary>The snapshot that fills the epoch is complete below this offset; of no effect in another epoch.</summary>
    public void FilledBelow(long offset) => _fill?.EndAt(offset);

    /// <summary>Passes a record that changes no row: a tombstone, a control record, another operation.</summary>
    public void Skip(long offset) => _meta = _meta with { Position = Math.Max(_meta.Position, offset + 1) };

    /// <summary>Folds one record. One below the position was folded before.</summary>
    public FoldOutcome Fold(RawChange change)
    {
        if (change.Offset < _meta.Position)
        {
            return FoldOutcome.Old;
        }

        var outcome = Apply(change);
        _meta = _meta with { Position = change.Offset + 1, High = RowRule.High(change.IsSnapshot, change.Version, _meta.High) };
        return outcome;
    }

    /// <summary>Every commit up to this moment of the source lies below the position.</summary>
    public void Contains(SourceClock clock)
    {
        if (_meta.Clock is not { } held || clock.Lsn > held.Lsn)
        {
            _meta = _meta with { Clock = clock };
        }
    }

    /// <summary>
    /// Asks for everything to be stated again; a request that was answered, or is under way, changes nothing. It is answered when the fold has come to
    /// where the raw partition ended when the request was noticed: then nothing that was said before it has a higher version, whoever said it.
    /// </summary>
    /// <param name="request">Number of the request; they grow.</param>
    /// <param name="end">End of the raw partition when the request was noticed.</param>
    public void Request(long request, long end)
    {
        if (request <= _meta.Served || _resync?.Request >= request || _meta.Position < end)
        {
            return;
        }

        // What is walked through must be what is in the store.
        Commit();
        _resync?.Walk.Dispose();
        _resync = new Resync(request, _meta.Position, _cells.Known().GetEnumerator());
    }

    /// <summary>Whether a resync is under way that has not yet come to every cell.</summary>
    public bool IsRestating => _resync is { IsWalked: false };

    /// <summary>Lets go of the store, before it is closed.</summary>
    public void Dispose() => _resync?.Walk.Dispose();

    /// <summary>Writes everything since the last time in one batch.</summary>
    public void Commit()
    {
        _rows.Into(_batch);
        _cells.Into(_batch);
        _dirtyChanges.Into(_batch);
        _fill?.Into(_batch, _meta.Position);
        _late.Into(_batch);
        _meta.Into(_batch);
        _store.Write(_batch);
        _batch.Clear();
    }

    /// <summary>What is to be said now, at most so many cells and late rows; only after <see cref="Commit"/>, and not before the last one was acknowledged.</summary>
    public Emission Begin(int cellsMax)
    {
        Restate(cellsMax);
        var cells = _dirty.Take(cellsMax).Select(cell => (Cell: cell, Version: _cells.VersionOf(cell) ?? 0)).ToList();
        var records = new List<PartialRecord>();
        var slots = new List<(Cell, long)>();
        foreach (var (cell, version) in cells)
        {
            if (_hasSessions && cell.WindowStart is null)
            {
                records.Add(new CellState(_epoch, _raw, version, cell, SlotList.Write(slots)));
                slots.Clear();
                continue;
            }

            records.AddRange(_cells.Statements(cell, _epoch, _raw));
            slots.Add((cell, version));
        }

        // What a progress or a sweep contains must be reported too: the next epoch begins its reports there.
        var reports = _late.Reports(cellsMax);
        var reportedTo = reports.Count == _late.Count ? _meta.Position : reports[^1].Row.Change.Offset;
        var isAll = cells.Count == _dirty.Count && reportedTo == _meta.Position;
        return new Emission(cells, records, isAll ? new Progress(_epoch, _raw, _meta.Position, _meta.Clock, _meta.StoreId) : null, reports, reportedTo);
    }

    /// <summary>
    /// The broker has acknowledged all of an emission. Gives what may be said now to every partition of the partials, in this order: a sweep when
    /// everything that a resync came to was stated, and the progress.
    /// </summary>
    public IReadOnlyList<PartialRecord> End(Emission emission)
    {
        foreach (var record in emission.Records)
        {
            switch (record)
            {
                case BucketState bucket:
                    _cells.BucketStated(bucket.Cell, bucket.Measure, bucket.Bucket, bucket.Version);
                    break;
                case CellState state:
                    Stated(state.Cell, state.Version);
                    break;
            }
        }

        _late.Reported(emission.Reports);
        _reportedTo = Math.Max(_reportedTo, emission.ReportedTo);
        Commit();
        return [.. Sweep(), .. emission.Progress is { } progress ? new PartialRecord[] { progress } : []];
    }

    /// <summary>A sweep was acknowledged by every partition of the partials.</summary>
    public void Swept(Sweep sweep)
    {
        _meta = _meta with { Served = Math.Max(_meta.Served, sweep.Request) };
        _resync = null;
        Commit();
    }

    /// <summary>A progress was acknowledged by every partition of the partials.</summary>
    public void Progressed(Progress progress) => _meta = _meta with { Progressed = progress.Version };

    private FoldOutcome Apply(RawChange change)
    {
        var rowKey = RowKey.Of(change.Key, _scratch);
        var held = _rows.Get(rowKey) is { } bytes ? StoredRow.Read(bytes, _plan.Columns.Length) : (StoredRow?)null;
        if (!Applies(change, rowKey, held?.Version))
        {
            return FoldOutcome.NotNewer;
        }

        if (change.Row is null)
        {
            if (held is not null)
            {
                Move(change, rowKey, held.Value.Values, null);
                _rows.Delete(rowKey);
            }

            _fill?.Deleted(rowKey, change.Offset);
            return FoldOutcome.Applied;
        }

        if (!Complete(change.Row, held?.Values))
        {
            return FoldOutcome.Incomplete;
        }

        Move(change, rowKey, held?.Values, change.Row);
        _rows.Put(rowKey, new StoredRow(RowRule.After(change.IsSnapshot, change.Version, held?.Version), change.Row).Write(_scratch));
        return FoldOutcome.Applied;
    }

    /// <summary>Whether a change is news. Of rows that are not known the snapshot decides that fills the epoch.</summary>
    private bool Applies(RawChange change, byte[] rowKey, RowVersion? held) => (_fill, held) switch
    {
        ({ } fill, null) when change.IsIncremental => fill.Takes(rowKey, change.Offset, change.Version.Commit),
        ({ } fill, null) when !change.IsSnapshot && fill.Shows(change.Version) => false,
        _ => RowRule.Applies(change.IsSnapshot, change.Version, held, _meta.High),
    };

    /// <summary>Values that were not sent are those that are held.</summary>
    private static bool Complete(SqlValue[] row, SqlValue[]? held)
    {
        for (var i = 0; i < row.Length; i++)
        {
            if (!RawChange.IsUnsent(row[i]))
            {
                continue;
            }

            if (held is null)
            {
                return false;
            }

            row[i] = held[i];
        }

        return true;
    }

    /// <summary>
    /// A resync comes to the next cells, until so many are dirty: each gets the version of now, which is not below that of the resync. Cells that came
    /// later are not in its way; they have such a version anyway.
    /// </summary>
    private void Restate(int cellsMax)
    {
        if (_resync is not { IsWalked: false } resync)
        {
            return;
        }

        while (_dirty.Count < cellsMax)
        {
            if (!resync.Walk.MoveNext())
            {
                resync.Walk.Dispose();
                resync.IsWalked = true;
                break;
            }

            Restate(resync.Walk.Current);
        }

        Commit();
    }

    private void Restate(Cell cell)
    {
        // Emptied since, and said so; or a group, which comes with its slots.
        if (_cells.VersionOf(cell) is null || (_hasSessions && cell.WindowStart is null))
        {
            return;
        }

        _cells.Restamp(cell, _meta.Position);
        _cells.RestampBuckets(cell, _meta.Position);
        Changed(cell, _meta.Position);
    }

    /// <summary>Takes the old row out of its cells and puts the new one in.</summary>
    private void Move(RawChange change, byte[] rowKey, SqlValue[]? old, SqlValue[]? now)
    {
        if (old is not null && now is not null && Same(old, now))
        {
            return;
        }

        var keyText = _plan.Measures.Any(measure => measure.Kind == MeasureKind.Top) ? RowKey.TextOf(change.Key) : null;
        Move(old, -1);
        Move(now, +1);

        void Move(SqlValue[]? row, int sign)
        {
            if (row is null)
            {
                return;
            }

            _contribution.Of(row);
            foreach (var cell in _contribution.Cells)
            {
                _cells.Add(cell, _contribution.Arguments, rowKey, keyText, sign, change.Offset + 1);
                Changed(cell, change.Offset + 1);
                _late.Note(change, cell, _contribution.Instant, sign);
            }
        }
    }

    /// <summary>The same in print too: 1.0 for 1.00 changes a sum's scale.</summary>
    private static bool Same(SqlValue[] old, SqlValue[] now)
    {
        for (var i = 0; i < old.Length; i++)
        {
            if (!old[i].Equals(now[i]) || (old[i].Kind == SqlKind.Numeric && old[i].Numeric.Scale != now[i].Numeric.Scale))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A cell was given a version; of sessions its group has it too, and holds no rows itself.</summary>
    private void Changed(Cell cell, long version)
    {
        MarkDirty(cell);
        if (_hasSessions)
        {
            var group = cell.Group;
            _cells.Restamp(group, version);
            MarkDirty(group);
        }
    }

    private void MarkDirty(Cell cell)
    {
        if (_dirty.Add(cell))
        {
            _dirtyChanges.Put(cell.Array, []);
        }
    }

    private void Stated(Cell cell, long version)
    {
        if (_cells.VersionOf(cell) is { } now && now != version)
        {
            return;
        }

        _dirty.Remove(cell);
        _dirtyChanges.Delete(cell.Array);
        if (_cells.IsEmpty(cell))
        {
            _cells.Forget(cell);
        }
    }

    private IEnumerable<PartialRecord> Sweep()
    {
        // The emission in which the walk ended had room for everything that was dirty.
        if (_resync is { IsWalked: true } resync && resync.Position <= _reportedTo)
        {
            yield return new Sweep(_epoch, _raw, resync.Position, resync.Request, _meta.StoreId);
        }
    }

    /// <summary>A resync under way: in memory, because after a crash it begins anew.</summary>
    private sealed class Resync(long request, long position, IEnumerator<Cell> walk)
    {
        public long Request { get; } = request;

        public long Position { get; } = position;

        /// <value>The cells that there were when it began.</value>
        public IEnumerator<Cell> Walk { get; } = walk;

        public bool IsWalked { get; set; }
    }
}

/// <summary>What became of a record.</summary>
public enum FoldOutcome
{
    /// <summary>The row is in the state that the record gives.</summary>
    Applied,

    /// <summary>The position is beyond it.</summary>
    Old,

    /// <summary>The row is held in a state as new, or was deleted since.</summary>
    NotNewer,

    /// <summary>A value was not sent (unchanged TOAST) of a row that is not known.</summary>
    Incomplete,
}

/// <summary>Records that are said together.</summary>
/// <param name="Cells">Cells and their versions.</param>
/// <param name="Records">For the partition of the partials that each cell belongs to, in order.</param>
/// <param name="Progress">Set when nothing else is dirty: may be said when all records are acknowledged.</param>
/// <param name="Reports">Late rows, for the partition that each cell belongs to; acknowledged together with the records.</param>
/// <param name="ReportedTo">Every late change below this offset was reported when they are acknowledged.</param>
public sealed record Emission(
    IReadOnlyList<(Cell Cell, long Version)> Cells, IReadOnlyList<PartialRecord> Records, Progress? Progress, IReadOnlyList<LateReport> Reports, long ReportedTo);

/// <summary>A row as stage 1 holds it.</summary>
internal readonly record struct StoredRow(RowVersion Version, SqlValue[] Values)
{
    public byte[] Write(ValueWriter scratch)
    {
        Version.Write(scratch.Clear());
        foreach (var value in Values)
        {
            scratch.Value(value);
        }

        return scratch.ToArray();
    }

    public static StoredRow Read(byte[] bytes, int columns)
    {
        var reader = new ValueReader(bytes);
        var version = RowVersion.Read(ref reader);
        var values = new SqlValue[columns];
        for (var i = 0; i < columns; i++)
        {
            values[i] = reader.Value();
        }

        return new StoredRow(version, values);
    }
}
