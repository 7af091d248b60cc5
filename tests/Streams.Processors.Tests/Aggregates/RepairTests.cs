using System.Collections.Immutable;
using Streams.Core.Aggregates;
using Streams.Core.Values;
using Streams.Processors.Aggregates;
using Streams.Processors.Aggregates.State;

namespace Streams.Processors.Tests.Aggregates;

/// <summary>Rules of repair that the simulation's schedules do not come to: one schedule each, by hand.</summary>
public sealed class RepairTests
{
    private const long Minute = 60_000_000;
    private static readonly AggregatePlan Sessions = Sales.Plan([], Sales.Session(TimeSpan.FromMinutes(30)), ("n", "count"));

    [Fact]
    public void Given_two_sweeps_that_answer_one_request_When_the_older_comes_last_Then_no_revision_falls()
    {
        using var stage = new Stage2(Sales.Plan(["customer"], null, ("n", "count")), 1, 1, 0, new MemoryStore());
        stage.Want(0, 1);
        var cell = Cell.Of(new ValueWriter().Value(SqlValue.Of(7L), canonical: true).Written, null, new ValueWriter());
        stage.Take(new Sweep(1, 0, Version: 10, Request: 1, StoreId: 1), 0);
        var before = stage.RowOf(cell)!.Version;

        stage.Take(new Sweep(1, 0, Version: 5, Request: 1, StoreId: 2), 1);

        Assert.Equal(before, stage.RowOf(cell)!.Version);
    }

    [Fact]
    public void Given_a_lost_store_and_an_older_row_as_the_last_of_its_key_When_the_session_says_the_same_again_Then_it_is_said()
    {
        var pipeline = new Pipeline(Sessions);
        pipeline.Put(1, At(0));
        pipeline.Flow();
        var older = pipeline.Rows.Single();
        pipeline.Put(3, At(10 * Minute));
        pipeline.Flow();
        pipeline.Put(3, null);
        // Said to a stage 2 that dies before it has told anybody; and somebody's older row is all that the compacted topic still has.
        pipeline.Say(1, 10);
        pipeline.Reopen(isLost: true);
        pipeline.Seen(older);
        pipeline.Second.Reconcile();

        Assert.True(Assert.Single(pipeline.Flow()).Version.IsAbove(older.Version));
        Assert.Equal(older.WindowEnd, Assert.Single(pipeline.Rows).WindowEnd);
    }

    private static ImmutableDictionary<string, SqlValue> At(long micros) =>
        SaleTable.RandomRow(1, new Random(1)).SetItem("at", SqlValue.Time(SqlKind.TimestampTz, micros));
}
