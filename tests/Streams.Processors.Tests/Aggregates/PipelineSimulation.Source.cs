using System.Collections.Immutable;
using Streams.Core.Values;
using Streams.Processors.Aggregates;

namespace Streams.Processors.Tests.Aggregates;

/// <content>The table, its log and its snapshots: what the raw topic says, and in which order.</content>
internal sealed partial class PipelineSimulation
{
    private static int RawOf(long id) => (int)(id % RawPartitions);

    /// <summary>Transactions run beside one another: the changes of one may lie before those of another that has committed before it.</summary>
    private void Change()
    {
        var at = _random.Next(TransactionsMax);
        if (at >= _open.Count)
        {
            _open.Add(new Transaction());
            at = _open.Count - 1;
        }

        Write(_open[at]);
        if (_random.Next(2) == 0)
        {
            Commit(_open[at]);
        }
    }

    private void Write(Transaction transaction)
    {
        // Of some rows only the snapshot tells.
        var id = _random.Next(_isFilled ? ChangedIds : Ids);
        if (_open.Any(other => other != transaction && other.Holds(id)))
        {
            // It waits for the lock of the row.
            return;
        }

        var exists = transaction.Holds(id) ? transaction.Changes.Last(change => change.Id == id).Row is not null : _rows.ContainsKey(id);
        // Rows of one statement may lie at one position.
        if (!transaction.IsAt(_lsn) || transaction.Changes.Any(change => change.Lsn == _lsn && change.Id == id) || _random.Next(2) == 0)
        {
            _lsn += 10;
        }

        transaction.Changes.Add((id, _lsn, exists && _random.Next(4) == 0 ? null : RandomRow(id)));
    }

    private void Commit(Transaction transaction)
    {
        var committed = Instant(_random.Next(10));
        foreach (var (id, lsn, row) in transaction.Changes)
        {
            if (row is null)
            {
                _rows.Remove(id);
            }
            else
            {
                _rows[id] = row;
            }

            Note(id);
            _raw[RawOf(id)].Add(new Record(id, _changes[id], false, new RowVersion(_commit, lsn), row, committed));
        }

        _commit = ++_lsn;
        _open.Remove(transaction);
    }

    private void Note(long id)
    {
        _changes[id] = _changes.GetValueOrDefault(id) + 1;
        if (!_states.TryGetValue(id, out var states))
        {
            // Before the first change there was nothing, or what is there now was there from the start.
            _states[id] = states = [];
        }

        states.Add((_changes[id], _rows.GetValueOrDefault(id)));
    }

    /// <summary>A row that an incremental snapshot reads next: as it is, or, when the log has changes of it, as it was before some of them.</summary>
    private void ReadChunk()
    {
        if (_snapshotNext == Ids)
        {
            _filledBelow ??= [.. _raw.Select(log => (long)log.Count)];
            _snapshotNext = 0;
            return;
        }

        var id = _snapshotNext++;
        if (_states.GetValueOrDefault(id) is { } states && states[_random.Next(3) == 0 ? _random.Next(states.Count) : ^1] is { Row: { } row } state)
        {
            _raw[RawOf(id)].Add(new Record(id, state.Generation, true, new RowVersion(_commit, _lsn), row, Instant(1_000)) { IsIncremental = true });
        }
    }

    /// <summary>The log begins with records of before a TRUNCATE, of which none counts.</summary>
    private void WriteOlderHistory()
    {
        for (var i = _random.Next(5); i > 0; i--)
        {
            var (id, commit) = (_random.Next(Ids), _random.Next((int)Begin - 1));
            _raw[RawOf(id)].Add(new Record(id, NoGeneration, _random.Next(2) == 0, new RowVersion(commit, commit), RandomRow(id), Instant(1_000)));
        }
    }

    /// <summary>The log begins with an initial snapshot that was interrupted and started over: its position in commit order is not known.</summary>
    private void ReadAll()
    {
        var interrupted = _random.Next(Ids);
        for (var i = 0; i < interrupted + Ids; i++)
        {
            long id = i < interrupted ? i : i - interrupted;
            if (_random.Next(i < interrupted ? 2 : 4) == 0)
            {
                _rows[id] = RandomRow(id);
                Note(id);
            }

            if (_rows.TryGetValue(id, out var row))
            {
                _raw[RawOf(id)].Add(new Record(id, _changes[id], true, RowVersion.None, row, Instant(1_000)));
            }
        }
    }

    private RowVersion Floor => _isFilled ? new RowVersion(Begin - 1, -1) : _isTruncated ? new RowVersion(Begin - 1, Begin - 1) : RowVersion.None;

    /// <summary>A row that a snapshot before this one has read, sent by a connector that was held up; it may be gone since.</summary>
    private void SendOldChunk()
    {
        // Some of a row that was gone before this epoch began, which the stream says nothing more of.
        var id = _random.Next(2 * Ids);
        var commit = _random.Next((int)Begin - 1);
        var isSnapshot = _random.Next(2) == 0;
        _raw[RawOf(id)].Add(new Record(id, NoGeneration, isSnapshot, new RowVersion(commit, commit), RandomRow(id), Instant(1_000)) { IsIncremental = isSnapshot });
    }

    /// <summary>An older record again, as after a restart of the source, or a row of a snapshot.</summary>
    private void Emit()
    {
        var log = _raw[_random.Next(RawPartitions)];
        if (_random.Next(2) == 0 && log.Count > 0)
        {
            var older = log[_random.Next(_random.Next(2) == 0 ? 0 : Math.Max(0, log.Count - RecentMax), log.Count)];
            if (older.Version.Commit >= 0)
            {
                log.Add(older);
            }
        }
        else if (_rows.Count > 0 && !_isFilled)
        {
            var id = _rows.Keys.ElementAt(_random.Next(_rows.Count));
            _raw[RawOf(id)].Add(new Record(id, _changes[id], true, new RowVersion(_commit, _lsn), _rows[id], Instant(1_000)));
        }
    }

    /// <summary>Rows have their instants in the first of these, changes are committed then or later.</summary>
    private static long Instant(int step) => 1_700_000_000_000_000 + (step * 45_000_000L);

    private ImmutableDictionary<string, SqlValue> RandomRow(long id)
    {
        string[] statuses = ["new", "paid", "sent"];
        PgNumeric[] weights = [PgNumeric.Parse("1.5"), PgNumeric.Parse("0.250"), PgNumeric.Parse("-7"), PgNumeric.NaN, PgNumeric.PositiveInfinity, PgNumeric.NegativeInfinity];
        return ImmutableDictionary.CreateRange(new Dictionary<string, SqlValue>
        {
            ["id"] = SqlValue.Of(id),
            ["status"] = _random.Next(5) == 0 ? SqlValue.Null : SqlValue.Of(statuses[_random.Next(3)]),
            ["amount"] = _random.Next(6) == 0 ? SqlValue.Null : SqlValue.Of(new PgNumeric(_random.Next(-500, 500), 2)),
            ["weight"] = SqlValue.Of(weights[_random.Next(10) == 0 ? _random.Next(6) : _random.Next(3)]),
            ["customer"] = SqlValue.Of(_random.Next(5)),
            ["at"] = _random.Next(10) == 0 ? SqlValue.Null : SqlValue.Time(SqlKind.TimestampTz, Instant(_random.Next(6))),
        });
    }

    private sealed class Transaction
    {
        public List<(long Id, long Lsn, ImmutableDictionary<string, SqlValue>? Row)> Changes { get; } = [];

        /// <summary>Whether it has the lock of a row.</summary>
        public bool Holds(long id) => Changes.Any(change => change.Id == id);

        /// <summary>Whether nobody has written since its last change.</summary>
        public bool IsAt(long lsn) => Changes.Count > 0 && Changes[^1].Lsn == lsn;
    }
}
