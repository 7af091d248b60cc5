using System.Collections.Immutable;
using Streams.Core.Values;
using Streams.Processors.Aggregates;

namespace Streams.Processors.Tests.Aggregates;

/// <summary>After any number of crashes, duplicates, zombies and lost stores the published rows equal SQL, and none ever said anything false.</summary>
public sealed class PipelineTests
{
    public static TheoryData<string> Plans => new(PipelinePlans.Names);

    [Theory]
    [MemberData(nameof(Plans))]
    public void Given_everything_that_may_go_wrong_When_quiet_Then_the_rows_equal_SQL_and_late_ones_are_reported(string name) => Run(name, isFilled: false);

    [Theory]
    [MemberData(nameof(Plans))]
    public void Given_an_epoch_that_a_snapshot_fills_in_the_midst_of_changes_When_quiet_Then_the_rows_equal_SQL(string name) => Run(name, isFilled: true);

    private static void Run(string name, bool isFilled)
    {
        for (var seed = 1; seed <= Campaign.Seeds; seed++)
        {
            if (PipelineJudge.Violation(name, isFilled, seed) is { } violation)
            {
                Assert.Fail($"{name}, seed {seed}: {violation}");
            }
        }
    }

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
}

/// <summary>How long campaigns run.</summary>
internal static class Campaign
{
    /// <value>Seeds of a run: 60, or as many as STREAMS_SEEDS says.</value>
    public static int Seeds { get; } = int.TryParse(Environment.GetEnvironmentVariable("STREAMS_SEEDS"), out var seeds) ? seeds : 60;
}
