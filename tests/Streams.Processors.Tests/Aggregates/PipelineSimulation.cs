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
    private const int ChangedIds = 9;
    private const long Begin = 100;
    private const int NoGeneration = -1;
    private const int RoundsMax = 100;
    private const int NoWriter = 0;
    private const int RarityMax = 7;
    private const int SlownessMax = 7;
    private const int MostSaidMax = 6;
    private const int SteadinessMin = 12;
    private const int SteadinessMax = 120;
    private const int TransactionsMax = 3;
    private const int RecentMax = 8;
    private readonly AggregatePlan _plan;
    private readonly Random _random;
    private readonly Dictionary<long, ImmutableDictionary<string, SqlValue>> _rows = [];
    private readonly Dictionary<long, int> _changes = [];
    private readonly Dictionary<long, List<(int Generation, ImmutableDictionary<string, SqlValue>? Row)>> _states = [];
    private readonly bool _isFilled;
    private readonly bool _isTruncated;
    private readonly int _rarity;
    private readonly int _slowness;
    private readonly int _mostSaid;
    private readonly int _steadiness;
    private readonly List<Transaction> _open = [];
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
    private bool _mayLose = true;

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

        // Where much is lost, nothing is ever said; where little is, nothing is asked for again. So each world has ways of its own.
        _rarity = _random.Next(1, RarityMax);
        _slowness = _random.Next(1, SlownessMax);
        _mostSaid = _random.Next(2, MostSaidMax);
        _steadiness = _random.Next(SteadinessMin, SteadinessMax);
        _isTruncated = !isFilled && _random.Next(2) == 0;
        if (_isTruncated)
        {
            WriteOlderHistory();
        }
        else if (!isFilled)
        {
            ReadAll();
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

    /// <summary>
    /// Runs. When everything has been lost and stated again nothing is lost any more: a resync repairs what a rule has left undone, so only a run that
    /// does not end with one shows it.
    /// </summary>
    public void Run(int steps)
    {
        var losing = _random.Next(2 * steps);
        SayAsOlderEpoch();
        for (var i = 0; i < steps; i++)
        {
            if (i == losing)
            {
                Rest();
                _mayLose = false;
            }

            Step();
        }

        _open.ToList().ForEach(Commit);
        while (_isFilled && _filledBelow is null)
        {
            ReadChunk();
        }

        Rest();
    }

    private void Step()
    {
        switch (_random.Next(40))
        {
            case < 10:
                Change();
                break;
            case < 12 when _isFilled:
                ReadChunk();
                break;
            case 12 when _isFilled:
                SendOldChunk();
                break;
            case < 14:
                Emit();
                break;
            case 14:
                SayAsOlderEpoch();
                break;
            case 15:
                Compact(_random.Next(Partitions));
                break;
            case < 30:
                _first[_random.Next(_first.Count)].Step();
                break;
            default:
                _second[_random.Next(_second.Count)].Step();
                break;
        }
    }

    private bool Fails() => _random.Next(_steadiness) == 0;

    /// <summary>The owners come to rest. What the zombies still have to say they say later, or never.</summary>
    private void Rest()
    {
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

    public AggregatePlan Plan => _plan;

    /// <summary>Whether it is told from the raw logs alone which rows are late.</summary>
    public bool HasLateRows => _plan is { Window: not null, HasSessions: false } && !_isFilled;

    public IEnumerable<AggregateRow> Said => _output.SelectMany(partition => partition).Select(output => output.Row).Where(row => row.Version.Epoch == Epoch);

    /// <summary>Rows that are newer than the last one of their key: who stopped behind one of them and goes on when the topic was compacted keeps it.</summary>
    public IEnumerable<(AggregateRow Kept, AggregateRow Last)> Kept =>
        from key in _output.SelectMany(partition => partition).GroupBy(output => output.Cell, output => output.Row)
        from row in key
        where row.Version.IsAbove(key.Last().Version)
        select (row, key.Last());

    /// <summary>Whether the owners know that they have heard everything.</summary>
    public bool IsHeard => _second.Where(task => task.IsOwner).All(task => task.Positions.SequenceEqual(_raw.Select(log => (long)log.Count)));

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
            var held = rows.GetValueOrDefault(record.Id);
            if (record.Generation <= (held?.Generation ?? NoGeneration))
            {
                continue;
            }

            rows[record.Id] = record;
            var (old, now) = (Projected(held), Projected(record));
            // When the row of a snapshot was committed is not known.
            if (record.IsSnapshot)
            {
                continue;
            }

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

    /// <summary>What an epoch before this one has left, or a zombie of it still says: rows, and statements that look like ours.</summary>
    private void SayAsOlderEpoch()
    {
        foreach (var (cell, measures) in Oracle.Aggregate(_plan, Enumerable.Range(0, 2).Select(id => ((long)id, RandomRow(id)))))
        {
            var (groups, start) = cell.Read(_plan);
            var end = _plan.HasSessions ? measures[^1].Value.Micros : start + (_plan.Window is { } window ? WindowMath.Micros(window.Size) : 0);
            var version = new AggregateVersion(Epoch - 1, _random.Next(100), false);
            _output[cell.Partition(Partitions)].Add(new Output(cell, new AggregateRow(groups, start, end, measures, version, new AsOf([0, 0], null, null)), NoWriter));
        }

        var log = _partials[_random.Next(Partitions)];
        if (log.Count > 0)
        {
            var record = log[_random.Next(log.Count)];
            log.Add(record with { Epoch = Epoch - 1, Version = record.Version + _random.Next(20) });
        }
    }

    /// <summary>Of each key only the last row stays, of what everybody has read who has a store: compaction lags behind by a day.</summary>
    private void Compact(int partition)
    {
        var readTo = _second.Where(task => task.Partition == partition).Min(task => task.ReadTo);
        foreach (var output in _output[partition].Where((_, at) => at < readTo).GroupBy(output => output.Cell).SelectMany(key => key.SkipLast(1)))
        {
            output.IsGone = true;
        }
    }

    /// <param name="Generation">How many changes of the row came before: what a true fold must prefer; <see cref="NoGeneration"/>: it is no part of the epoch.</param>
    private sealed record Record(long Id, int Generation, bool IsSnapshot, RowVersion Version, ImmutableDictionary<string, SqlValue>? Row, long Committed)
    {
        public bool IsIncremental { get; init; }
    }

    private sealed record Output(Cell Cell, AggregateRow Row, int Writer)
    {
        /// <value>Whether a newer row of the key has taken its place.</value>
        public bool IsGone { get; set; }
    }
}
