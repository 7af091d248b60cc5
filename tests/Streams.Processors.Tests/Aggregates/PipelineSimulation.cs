using System.Collections.Immutable;
using Streams.Core.Aggregates;
using Streams.Core.Values;
using Streams.Processors.Aggregates;
using Streams.Processors.Aggregates.State;

namespace Streams.Processors.Tests.Aggregates;

/// <summary>
/// Both stages, the topics between them and everything that may go wrong, driven by one seed: duplicates and snapshots in the raw log, owners and
/// zombies, crashes before and after acknowledgement, lost stores. The stages are the product's; only topics and stores are in memory.
/// </summary>
internal sealed partial class PipelineSimulation
{
    private const int RawPartitions = 2;
    private const int Partitions = 2;
    private const long Epoch = 3;
    private const int Ids = 12;
    private const long Begin = 100;
    private const int NoGeneration = -1;
    private readonly AggregatePlan _plan;
    private readonly Random _random;
    private readonly Dictionary<long, ImmutableDictionary<string, SqlValue>> _rows = [];
    private readonly Dictionary<long, int> _changes = [];
    private readonly Dictionary<long, List<(int Generation, ImmutableDictionary<string, SqlValue>? Row)>> _states = [];
    private readonly bool _isFilled;
    private long _snapshotNext;
    private long[]? _filledBelow;
    private readonly List<Record>[] _raw = [[], []];
    private readonly List<PartialRecord>[] _partials = [[], []];
    private readonly List<Output>[] _output = [[], []];
    private readonly List<LateRow> _late = [];
    private readonly List<(int Raw, long Position, int Reports)> _promises = [];
    private readonly long[] _requests = new long[RawPartitions];
    private readonly List<First> _first = [];
    private readonly List<Second> _second = [];
    private long _lsn = Begin;
    private long _commit = Begin;

    /// <param name="plan">The aggregate.</param>
    /// <param name="seed">Decides everything.</param>
    /// <param name="isFilled">The log begins in the midst of things: the rows of before come from an incremental snapshot, whose chunks may lack what was decoded before readers saw it.</param>
    public PipelineSimulation(AggregatePlan plan, int seed, bool isFilled = false)
    {
        (_plan, _random, _isFilled) = (plan, new Random(seed), isFilled);
        for (var id = 0; isFilled && id < Ids; id++)
        {
            if (_random.Next(3) > 0)
            {
                _rows[id] = RandomRow(id);
                Note(id);
            }
        }

        for (var raw = 0; raw < RawPartitions; raw++)
        {
            _first.Add(new First(this, raw, isOwner: true));
            _first.Add(new First(this, raw, isOwner: false));
        }

        for (var partition = 0; partition < Partitions; partition++)
        {
            _second.Add(new Second(this, partition, isOwner: true));
            _second.Add(new Second(this, partition, isOwner: false));
        }
    }

    public void Run(int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            switch (_random.Next(10))
            {
                case < 3:
                    Change();
                    break;
                case 3 when _isFilled && _random.Next(2) == 0:
                    ReadChunk();
                    break;
                case 3 when _isFilled && _random.Next(3) == 0:
                    SendOldChunk();
                    break;
                case 3:
                    Emit(again: true);
                    break;
                case < 7:
                    _first[_random.Next(_first.Count)].Step();
                    break;
                default:
                    _second[_random.Next(_second.Count)].Step();
                    break;
            }
        }

        while (_isFilled && _filledBelow is null)
        {
            ReadChunk();
        }

        // The zombies go; what they still have to say is said before the end by nobody.
        for (var quiet = 0; quiet < 3; quiet++)
        {
            _first.Where(task => task.IsOwner).ToList().ForEach(task => task.Finish());
            _second.Where(task => task.IsOwner).ToList().ForEach(task => task.Finish());
        }
    }

    /// <summary>What a consumer of the whole topic holds.</summary>
    public Dictionary<Cell, AggregateRow> Consumed(bool compacted)
    {
        var held = new Dictionary<Cell, AggregateRow>();
        foreach (var output in _output.SelectMany(partition => partition))
        {
            if (compacted || !held.TryGetValue(output.Cell, out var row) || output.Row.Version.IsAbove(row.Version))
            {
                held[output.Cell] = output.Row;
            }
        }

        return held.Where(entry => !entry.Value.IsEmpty).ToDictionary();
    }

    public IEnumerable<AggregateRow> Said => _output.SelectMany(partition => partition).Select(output => output.Row);

    /// <summary>SQL's answer over the rows as they are now.</summary>
    public IReadOnlyDictionary<Cell, ImmutableArray<MeasureValue>> Truth() => Oracle.Aggregate(_plan, _rows.Select(row => (row.Key, row.Value)));

    /// <summary>SQL's answer over the prefixes of the raw partitions that a row claims to contain.</summary>
    public IReadOnlyDictionary<Cell, ImmutableArray<MeasureValue>> TruthAt(ImmutableArray<long> offsets)
    {
        var rows = new Dictionary<long, Record>();
        foreach (var record in _raw.SelectMany((log, raw) => log.Take((int)offsets[raw])).Where(record => record.Generation != NoGeneration))
        {
            if (!rows.TryGetValue(record.Id, out var held) || record.Generation >= held.Generation)
            {
                rows[record.Id] = record;
            }
        }

        return Oracle.Aggregate(_plan, rows.Where(row => row.Value.Row is not null).Select(row => (row.Key, row.Value.Row!)));
    }

    /// <summary>Late rows as reported, repeats and all.</summary>
    public IReadOnlyList<LateRow> Late => _late;

    /// <summary>Whenever a progress or a sweep was said: how many reports there were, and what it says is contained.</summary>
    public IReadOnlyList<(int Raw, long Position, int Reports)> Promises => _promises;

    /// <summary>Every late change of every window, from the raw logs alone.</summary>
    public IEnumerable<LateRow> LateTruth() => _raw.SelectMany(LateTruth);

    private IEnumerable<LateRow> LateTruth(List<Record> log, int raw)
    {
        var rows = new Dictionary<long, Record>();
        for (var offset = 0; offset < log.Count; offset++)
        {
            var record = log[offset];
            if (rows.TryGetValue(record.Id, out var held) && record.Generation <= held.Generation)
            {
                continue;
            }

            rows[record.Id] = record;
            var (old, now) = (Projected(held), Projected(record));
            if (old is null || now is null || !old.Zip(now).All(pair => pair.First.ToText() == pair.Second.ToText()))
            {
                foreach (var late in Late(old, isIn: false).Concat(Late(now, isIn: true)))
                {
                    yield return late;
                }
            }

            IEnumerable<LateRow> Late(SqlValue[]? row, bool isIn) =>
                from cell in row is null ? [] : Oracle.CellsOf(_plan, row)
                let start = cell.WindowStart!.Value
                let end = start + WindowMath.Micros(_plan.Window!.Size)
                let lateBy = record.Committed - (end + WindowMath.Micros(_plan.Window!.Grace))
                where lateBy > 0
                select new LateRow(
                    new LateChange(raw, offset, isIn, $"{record.Id}", _plan.WindowOn!.Evaluate(row!).Micros, record.Committed, lateBy, Epoch), cell.Read(_plan).Groups, start, end);
        }

        SqlValue[]? Projected(Record? record) => record?.Row is { } row ? Sales.Project(_plan, row) : null;
    }

    private static int RawOf(long id) => (int)(id % RawPartitions);

    private void Change()
    {
        var id = _random.Next(Ids);
        _lsn += 10;
        var exists = _rows.ContainsKey(id);
        if (exists && _random.Next(4) == 0)
        {
            _rows.Remove(id);
        }
        else
        {
            _rows[id] = RandomRow(id);
        }

        Note(id);
        _raw[RawOf(id)].Add(new Record(id, _changes[id], false, new RowVersion(_commit, _lsn), _rows.GetValueOrDefault(id), Instant(_random.Next(10))));
        _commit = ++_lsn;
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

    private RowVersion Floor => _isFilled ? new RowVersion(Begin - 1, -1) : RowVersion.None;

    /// <summary>A row that a snapshot before this one has read, sent by a connector that was held up; it may be gone since.</summary>
    private void SendOldChunk()
    {
        // Some of a row that was gone before this epoch began, which the stream says nothing more of.
        var id = _random.Next(2 * Ids);
        var commit = _random.Next((int)Begin);
        _raw[RawOf(id)].Add(new Record(id, NoGeneration, true, new RowVersion(commit, commit), RandomRow(id), Instant(1_000)) { IsIncremental = true });
    }

    /// <summary>An older record again, as after a restart of the source, or a row of a snapshot.</summary>
    private void Emit(bool again)
    {
        var log = _raw[_random.Next(RawPartitions)];
        if (again && _random.Next(2) == 0 && log.Count > 0)
        {
            log.Add(log[_random.Next(log.Count)]);
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

    /// <param name="Generation">How many changes of the row came before: what a true fold must prefer; <see cref="NoGeneration"/>: it is no part of the epoch.</param>
    private sealed record Record(long Id, int Generation, bool IsSnapshot, RowVersion Version, ImmutableDictionary<string, SqlValue>? Row, long Committed)
    {
        public bool IsIncremental { get; init; }
    }

    private sealed record Output(Cell Cell, AggregateRow Row, int Writer);
}
