using System.Collections.Immutable;
using Streams.Core.Aggregates;
using Streams.Core.Values;
using Streams.Processors.Aggregates;
using Streams.Processors.Aggregates.State;

namespace Streams.Processors.Tests.Aggregates;

/// <summary>Cells that do not change cost no memory: what must go through all of them has no more at hand than one emission takes.</summary>
public sealed class MemoryTests
{
    private const int Groups = 500;
    private const int Most = 20;
    private const int Windows = 10_500;
    private const int NotedMax = 10_000;
    private static readonly AggregatePlan Plan = Sales.Plan(["id"], null, ("total", "sum(amount)"));

    [Fact]
    public void Given_a_shadow_of_many_groups_When_it_goes_live_Then_all_are_said_and_few_are_noted()
    {
        var stage = new Stage2(Plan, 1, 1, 0, new MemoryStore());
        stage.Want(0, 1);
        Assert.Equal(Groups, State(stage, request: 1));
        Assert.Equal(0, stage.Dirty);

        stage.Reconcile();

        Assert.Equal(Groups, Publish(stage));
    }

    [Fact]
    public void Given_many_groups_are_published_When_the_store_is_opened_again_Then_nothing_is_said_and_nothing_is_noted()
    {
        var store = new MemoryStore();
        var stage = new Stage2(Plan, 1, 1, 0, store);
        stage.Want(0, 1);
        State(stage, request: 1);
        stage.Reconcile();
        Publish(stage);

        var again = new Stage2(Plan, 1, 1, 0, store);
        again.Reconcile();

        Assert.Equal(0, Publish(again));
    }

    [Fact]
    public void Given_many_groups_When_their_windows_close_all_at_once_Then_each_becomes_final_and_a_bounded_number_is_noted()
    {
        var plan = Sales.Plan(["id"], Sales.Minutes(1), ("total", "sum(amount)"));
        var stage = new Stage2(plan, 1, 1, 0, new MemoryStore());
        stage.Want(0, 1);
        var first = First(plan, Windows);
        State(stage, first, request: 1, most: Windows);
        stage.Reconcile();
        Publish(stage, most: Windows);

        first.Contains(new SourceClock(1_000_000, 2_000_000_000_000_000));
        State(stage, first);
        stage.Commit();

        Assert.Equal(NotedMax, stage.Dirty);
        Assert.Equal(Windows, Publish(stage, row => Assert.True(row.Version.IsFinal), Windows));
    }

    private static Stage1 First(AggregatePlan plan, int groups = Groups)
    {
        var stage = new Stage1(plan, 0, 1, 0, RowVersion.None, new MemoryStore(), 7);
        for (var id = 0; id < groups; id++)
        {
            var row = ImmutableDictionary<string, SqlValue>.Empty
                .Add("id", SqlValue.Of((long)id)).Add("amount", SqlValue.Of(new PgNumeric(id, 2))).Add("at", SqlValue.Time(SqlKind.TimestampTz, 1_700_000_000_000_000 + (id * 60_000_000L)));
            stage.Fold(new RawChange(id, false, new RowVersion(id, id), [SqlValue.Of((long)id)], Sales.Project(plan, row), 0));
        }

        return stage;
    }

    /// <summary>A first stage says everything once more, a bit at a time; gives how many cells it stated.</summary>
    private static int State(Stage2 second, long request) => State(second, First(Plan), request);

    private static int State(Stage2 second, Stage1 first, long request = 0, int most = Most)
    {
        Say(second, first, int.MaxValue);
        first.Request(request, 0);
        var cells = 0;
        do
        {
            var emission = Say(second, first, most);
            Assert.True(first.Dirty <= most);
            cells += emission.Cells.Count;
        }
        while (first.Dirty > 0 || first.IsRestating);
        return cells;
    }

    private static Emission Say(Stage2 second, Stage1 first, int most)
    {
        first.Commit();
        var emission = first.Begin(most);
        foreach (var record in emission.Records)
        {
            second.Take(record, second.Position);
        }

        foreach (var control in first.End(emission))
        {
            second.Take(control, second.Position);
            if (control is Sweep sweep)
            {
                first.Swept(sweep);
            }
            else if (control is Progress progress)
            {
                first.Progressed(progress);
            }
        }

        second.Commit();
        return emission;
    }

    private static int Publish(Stage2 stage, Action<AggregateRow>? check = null, int most = Most)
    {
        var rows = 0;
        do
        {
            stage.Commit();
            var emission = stage.Begin(most);
            Assert.True(stage.Dirty <= most && emission.Rows.Count <= most);
            emission.Rows.ToList().ForEach(row => check?.Invoke(row.Row));
            rows += emission.Rows.Count;
            stage.End(emission);
        }
        while (!stage.IsReconciled || stage.Dirty > 0);
        return rows;
    }
}
