using System.Collections.Immutable;
using Streams.Core.Aggregates;
using Streams.Core.Values;
using Streams.Processors.Aggregates;
using Streams.Processors.Aggregates.State;

namespace Streams.Processors.Tests.Aggregates;

/// <summary>Both stages over two raw partitions, step by step and without mishaps; what is said is kept as a consumer keeps it.</summary>
internal sealed class Pipeline
{
    private const int RawPartitions = 2;
    private readonly AggregatePlan _plan;
    private readonly Stage1[] _first;
    private readonly long[] _offsets = new long[RawPartitions];
    private readonly Dictionary<Cell, AggregateRow> _held = [];
    private readonly List<PartialRecord> _partials = [];
    private readonly MemoryStore _store = new();
    private readonly long _epoch;
    private long _lsn = 100;
    private long _output;

    public Pipeline(AggregatePlan plan, long epoch = 1)
    {
        (_plan, _epoch) = (plan, epoch);
        _first = [.. Enumerable.Range(0, RawPartitions).Select(raw => new Stage1(plan, raw, epoch, 0, RowVersion.None, new MemoryStore(), raw + 1))];
        Second = Open(_store);
        for (var raw = 0; raw < RawPartitions; raw++)
        {
            Second.Want(raw, 1);
            _first[raw].Request(1, 0);
        }

        Flow();
    }

    public Stage2 Second { get; private set; }

    /// <summary>Rows said by the last flow.</summary>
    public IReadOnlyList<AggregateRow> Said { get; private set; } = [];

    /// <summary>What a consumer holds, in the order of keys.</summary>
    public IEnumerable<AggregateRow> Rows => _held.Values.Where(row => !row.IsEmpty).OrderBy(row => row.WindowStart);

    /// <summary>Everything that was said to stage 2.</summary>
    public IReadOnlyList<PartialRecord> Partials => _partials;

    public Stage2 Open(IStateStore store, long end = 0)
    {
        var stage = new Stage2(_plan, _epoch, RawPartitions, end, store);
        stage.Reconcile();
        return stage;
    }

    /// <summary>A row as it is from now on; null: it is gone.</summary>
    public void Put(long id, ImmutableDictionary<string, SqlValue>? row)
    {
        var raw = (int)(id % RawPartitions);
        _lsn += 10;
        _first[raw].Fold(new RawChange(_offsets[raw]++, false, new RowVersion(_lsn, _lsn), [SqlValue.Of(id)], row is null ? null : Sales.Project(_plan, row), 0));
    }

    /// <summary>What changed goes through both stages.</summary>
    public IReadOnlyList<AggregateRow> Flow(SourceClock? clock = null)
    {
        foreach (var stage in _first)
        {
            if (clock is { } moment)
            {
                stage.Contains(moment);
            }

            do
            {
                Say(stage, 1000);
            }
            while (stage.Dirty > 0 || stage.IsRestating);
        }

        var said = new List<AggregateRow>();
        var rounds = 0;
        do
        {
            Assert.True(rounds++ < 100, $"Stage 2 does not come to rest: {Second.Dirty} cells.");
            said.AddRange(Publish());
        }
        while (Second.Dirty > 0 || (!Second.IsReconciled && !Second.Missing.Any()));
        return Said = said;
    }

    /// <summary>One emission of stage 1, at most so many cells, taken by stage 2.</summary>
    public void Say(int raw, int cells, SourceClock? clock = null)
    {
        if (clock is { } moment)
        {
            _first[raw].Contains(moment);
        }

        Say(_first[raw], cells);
    }

    /// <summary>One emission of stage 2.</summary>
    public List<AggregateRow> Publish()
    {
        Second.Commit();
        var emission = Second.Begin(1000);
        foreach (var (cell, row) in emission.Rows)
        {
            Hold(cell, row);
        }

        Second.End(emission);
        foreach (var (cell, row) in emission.Rows)
        {
            Second.Seen(cell, PublishedRow.Of(_plan, row), isOwn: true, _output++);
        }

        return [.. emission.Rows.Select(one => one.Row)];
    }

    /// <summary>Somebody else has written a row.</summary>
    public void Seen(AggregateRow row) => Second.Seen(CellOf(row), PublishedRow.Of(_plan, row), isOwn: false, _output++);

    /// <summary>Stage 2 is opened again: on its store, or on one that knows nothing, whose resync is answered.</summary>
    public void Reopen(bool isLost)
    {
        Second.Commit();
        Second = Open(isLost ? new MemoryStore() : _store, _partials.Count);
        foreach (var raw in Second.Unasked.ToList())
        {
            Second.Want(raw, 2);
            _first[raw].Request(2, _offsets[raw]);
        }
    }

    public Cell CellOf(AggregateRow row)
    {
        var group = new ValueWriter();
        foreach (var value in row.Groups)
        {
            group.Value(value, canonical: true);
        }

        return Cell.Of(group.Written, row.WindowStart, new ValueWriter());
    }

    private void Say(Stage1 stage, int cells)
    {
        stage.Commit();
        var emission = stage.Begin(cells);
        foreach (var record in emission.Records)
        {
            Take(record);
        }

        foreach (var record in stage.End(emission))
        {
            Take(record);
            if (record is Sweep sweep)
            {
                stage.Swept(sweep);
            }
            else if (record is Progress progress)
            {
                stage.Progressed(progress);
            }
        }
    }

    private void Take(PartialRecord record)
    {
        Second.Take(PartialRecord.Read(record.Write()), _partials.Count);
        _partials.Add(record);
    }

    private void Hold(Cell cell, AggregateRow row)
    {
        if (!_held.TryGetValue(cell, out var held) || row.Version.IsAbove(held.Version))
        {
            _held[cell] = row;
        }
    }
}
