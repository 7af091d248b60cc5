using System.Collections.Immutable;
using Streams.Core.Aggregates;
using Streams.Core.Values;
using Streams.Processors.Aggregates;

namespace Streams.Processors.Tests.Aggregates;

/// <summary>After any number of crashes, duplicates, zombies and lost stores the published rows equal SQL, and none ever said anything false.</summary>
public sealed class PipelineTests
{
    private const int Steps = 400;

    public static TheoryData<string> Plans => ["sums", "windows", "extremes", "distinct", "all", "sessions", "sessions with everything", "sessions of all rows"];

    [Theory]
    [MemberData(nameof(Plans))]
    public void Given_everything_that_may_go_wrong_When_quiet_Then_the_rows_equal_SQL(string name) => Run(name, isFilled: false);

    [Theory]
    [MemberData(nameof(Plans))]
    public void Given_an_epoch_that_a_snapshot_fills_in_the_midst_of_changes_When_quiet_Then_the_rows_equal_SQL(string name) => Run(name, isFilled: true);

    private static void Run(string name, bool isFilled)
    {
        var plan = PlanOf(name);
        for (var seed = 1; seed <= Campaign.Seeds; seed++)
        {
            var world = new PipelineSimulation(plan, seed, isFilled);
            try
            {
                world.Run(Steps);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"{name}, seed {seed}", exception);
            }

            Assert.True(Same(world.Truth(), world.Consumed(compacted: false)), $"{name}, seed {seed}: {Difference(world.Truth(), world.Consumed(compacted: false))}");
            Assert.True(Same(world.Truth(), world.Consumed(compacted: true)), $"{name}, seed {seed}, a consumer of the compacted topic: {Difference(world.Truth(), world.Consumed(compacted: true))}");
            foreach (var row in world.Said)
            {
                AssertTrue(plan, world, row, seed);
            }
        }
    }

    [Theory]
    [InlineData("windows")]
    [InlineData("all")]
    public void Given_everything_that_may_go_wrong_When_quiet_Then_every_late_row_and_no_other_is_reported(string name)
    {
        for (var seed = 1; seed <= Campaign.Seeds; seed++)
        {
            var world = new PipelineSimulation(PlanOf(name), seed);
            world.Run(Steps);
            var (truth, said) = (world.LateTruth().ToDictionary(Text), world.Late.Select(Text).ToList());
            Assert.True(truth.Count > 0, $"{name}, seed {seed}: nothing was late.");
            Assert.True(truth.Keys.ToHashSet().SetEquals(said), $"{name}, seed {seed}: not reported {string.Join("; ", truth.Keys.Except(said))}; not late {string.Join("; ", said.Except(truth.Keys))}");
            // Who begins where a progress ends must not miss what was not reported yet.
            Assert.All(world.Promises, promise =>
                Assert.Empty(truth.Where(late => late.Value.Change.Raw == promise.Raw && late.Value.Change.Offset < promise.Position).Select(late => late.Key).Except(said.Take(promise.Reports))));
        }
    }

    private static string Text(LateRow row) => $"{row.Change} [{string.Join(" ", row.Groups)}] {row.WindowStart}..{row.WindowEnd}";

    [Fact]
    public void Given_a_row_on_its_way_When_an_older_one_of_somebody_else_lands_behind_it_Then_it_is_said_again()
    {
        var pipeline = new Pipeline(Sales.Plan([], null, ("n", "count")));
        pipeline.Put(1, Row);
        pipeline.Flow();
        var older = pipeline.Rows.Single();
        pipeline.Put(2, Row);
        pipeline.Say(0, 10);
        pipeline.Second.Commit();
        var emission = pipeline.Second.Begin(10);

        pipeline.Seen(older);
        pipeline.Second.End(emission);

        Assert.Equal(emission.Rows[0].Row.Version, Assert.Single(pipeline.Publish()).Version);
    }

    [Fact]
    public void Given_a_group_that_went_while_the_store_was_lost_When_the_sweeps_have_come_Then_its_row_is_emptied()
    {
        var pipeline = new Pipeline(Sales.Plan(["customer"], null, ("n", "count")));
        pipeline.Put(1, Row);
        pipeline.Flow();
        var row = pipeline.Rows.Single();
        pipeline.Put(1, null);
        // Said to a stage 2 that dies before it has told anybody.
        pipeline.Say(1, 10);
        pipeline.Reopen(isLost: true);
        pipeline.Seen(row);
        pipeline.Second.Reconcile();

        Assert.True(Assert.Single(pipeline.Flow()).IsEmpty);
    }

    private static ImmutableDictionary<string, SqlValue> Row => SaleTable.RandomRow(1, new Random(1));

    /// <summary>Each row is what SQL says over the prefixes that it names; rows of one version are equal.</summary>
    private static void AssertTrue(AggregatePlan plan, PipelineSimulation world, AggregateRow row, int seed)
    {
        var truth = world.TruthAt(row.Positions.Offsets);
        var cell = truth.Keys.FirstOrDefault(cell => SameCell(plan, cell, row));
        var expected = cell.Equals(default(Cell)) ? [] : truth[cell];
        if (plan.HasSessions && !row.IsEmpty)
        {
            Assert.Equal(row.Measures[^1].Value.Micros, row.WindowEnd);
        }

        Assert.True(Text(expected) == Text(row.Measures), $"seed {seed}: {row.Version} at [{string.Join(", ", row.Positions.Offsets)}] says {Text(row.Measures)}, SQL {Text(expected)}");
    }

    private static bool SameCell(AggregatePlan plan, Cell cell, AggregateRow row)
    {
        var (groups, start) = cell.Read(plan);
        return start == row.WindowStart && groups.SequenceEqual(row.Groups);
    }

    private static bool Same(IReadOnlyDictionary<Cell, ImmutableArray<MeasureValue>> truth, Dictionary<Cell, AggregateRow> held) => Difference(truth, held).Length == 0;

    private static string Difference(IReadOnlyDictionary<Cell, ImmutableArray<MeasureValue>> truth, Dictionary<Cell, AggregateRow> held) => string.Join("; ",
        from cell in truth.Keys.Union(held.Keys)
        let expected = truth.TryGetValue(cell, out var sql) ? Text(sql) : "no row"
        let actual = held.TryGetValue(cell, out var row) ? Text(row.Measures) : "no row"
        where expected != actual
        select $"{Convert.ToHexString(cell.Bytes)}: SQL {expected}, here {actual}");

    private static string Text(ImmutableArray<MeasureValue> measures) =>
        string.Join(" ", measures.Select(measure => measure.Top.IsDefaultOrEmpty ? $"{measure.Value}" : $"[{string.Join(",", measure.Top.Select(entry => $"{entry.Value}/{entry.Key}"))}]"));

    private static AggregatePlan PlanOf(string name) => name switch
    {
        "sums" => Sales.Plan("status <> 'sent' or status is null", ["status"], null, ("n", "count"), ("paid", "count(amount)"), ("total", "sum(amount)"), ("mean", "avg(amount)"), ("load", "sum(weight)"), ("mean_load", "avg(weight)")),
        "windows" => Sales.Plan([], Sales.Minutes(2, 1), ("n", "count"), ("total", "sum(amount * customer)")),
        "extremes" => Sales.Plan(["status"], null, ("low", "min(amount)"), ("high", "max(weight)"), ("best", "top(2, amount)"), ("last", "max(at)")),
        "distinct" => Sales.Plan(["status"], null, ("customers", "count(distinct customer)"), ("weights", "count(distinct weight)")),
        "sessions" => Sales.Plan(["customer"], Sales.Session(TimeSpan.FromSeconds(45)), ("n", "count"), ("total", "sum(amount)"), ("until", "max(at)")),
        "sessions with everything" => Sales.Plan(["status"], Sales.Session(TimeSpan.FromSeconds(100)), ("n", "count"), ("mean", "avg(weight)"), ("customers", "count(distinct customer)"), ("kinds", "count(distinct weight)"), ("best", "top(2, amount)"), ("until", "max(at)")),
        "sessions of all rows" => Sales.Plan("amount > 0", [], Sales.Session(TimeSpan.FromSeconds(44)), ("n", "count"), ("customers", "count(distinct customer)"), ("until", "max(at)")),
        _ => Sales.Plan(["customer"], Sales.Minutes(1), ("n", "count"), ("total", "sum(amount)"), ("customers", "count(distinct status)"), ("best", "top(1, amount)"), ("least", "min(weight)")),
    };
}

/// <summary>How long campaigns run.</summary>
internal static class Campaign
{
    /// <value>Seeds of a run: 60, or as many as STREAMS_SEEDS says.</value>
    public static int Seeds { get; } = int.TryParse(Environment.GetEnvironmentVariable("STREAMS_SEEDS"), out var seeds) ? seeds : 60;
}
