using Streams.Core.Aggregates;
using Streams.Core.Values;
using Streams.Processors.Aggregates;
using Streams.Processors.Aggregates.State;

namespace Streams.Processors.Tests.Aggregates;

/// <summary>What is late, and that no kill loses its report. Windows of a minute, a minute of grace.</summary>
public sealed class LateRowTests
{
    private const long Minute = 60_000_000;
    private const long Start = 1_700_000_040_000_000;
    private const long Closed = Start + (2 * Minute);
    private static readonly AggregatePlan Plan = Sales.Plan(["status"], Sales.Minutes(1), ("total", "sum(amount)"));
    private readonly MemoryStore _store = new();

    [Theory]
    [InlineData(Closed, false)]
    [InlineData(Closed + 1, true)]
    public void Given_an_insert_When_it_is_committed_after_end_and_grace_Then_it_is_late(long committed, bool late)
    {
        var stage = Stage();
        stage.Fold(Insert(0, committed));

        var report = Reports(stage).SingleOrDefault();

        Assert.Equal(late, report is not null);
        Assert.True(!late || report == new LateChange(1, 0, true, "7", Start + 5, committed, 1, 3));
    }

    [Theory]
    [InlineData(Closed + 5, false)]
    [InlineData(Closed + 6, true)]
    public void Given_sessions_Then_a_row_is_late_as_a_session_by_itself(long committed, bool late)
    {
        var plan = Plan with { Definition = Plan.Definition with { Window = Plan.Window! with { Kind = WindowKind.Session } } };
        var stage = new Stage1(plan, 1, 3, 0, RowVersion.None, _store, 5);
        stage.Fold(Insert(0, committed));
        stage.Commit();

        var row = stage.Begin(100).Reports.SingleOrDefault()?.Row;

        Assert.Equal(late, row is not null);
        Assert.True(!late || (row!.WindowStart, row.WindowEnd, row.Change.LateBy) == (Start + 5, Start + 5, 1));
    }

    [Fact]
    public void Given_a_row_of_a_snapshot_Then_it_is_never_late()
    {
        var stage = Stage();
        stage.Fold(Insert(0, Closed + Minute) with { IsSnapshot = true });

        Assert.Empty(Reports(stage));
    }

    [Fact]
    public void Given_a_row_of_a_closed_window_When_it_moves_is_changed_and_is_deleted_Then_each_way_is_reported()
    {
        var stage = Stage();
        stage.Fold(Insert(0, Start + 10));
        stage.Fold(Change(1, Row(Start + Minute, 1), Closed + 1));
        stage.Fold(Change(2, Row(Start + Minute, 2), Closed + 2 + Minute));
        stage.Fold(Change(3, null, Closed + 3 + Minute));

        Assert.Equal(
            [(1, false, Start + 5), (2, false, Start + Minute), (2, true, Start + Minute), (3, false, Start + Minute)],
            Reports(stage).Select(late => ((int)late.Offset, late.IsIn, late.Instant)));
    }

    [Fact]
    public void Given_a_change_that_the_aggregate_does_not_see_or_a_duplicate_Then_nothing_is_reported()
    {
        var stage = Stage();
        stage.Fold(Insert(0, Start + 10));
        stage.Fold(Change(1, Row(Start + 5, 0), Closed + 1));
        stage.Fold(Insert(2, Closed + 2) with { Version = new RowVersion(0, 100) });

        Assert.Empty(Reports(stage));
    }

    [Fact]
    public void Given_a_late_row_When_the_process_dies_before_the_acknowledgement_Then_it_is_reported_again_the_same_and_no_more_after_it()
    {
        var stage = Stage();
        stage.Fold(Insert(0, Closed + 1));
        stage.Commit();
        var first = stage.Begin(100);

        var (again, after) = (Stage(), Stage());
        var second = again.Begin(100);
        again.End(second);
        after = Stage();

        Assert.Equal(first.Reports.Single().Row.Change, second.Reports.Single().Row.Change);
        Assert.Equal(first.Reports.Single().Cell, second.Reports.Single().Cell);
        Assert.Equal(0, after.Late);
        Assert.Empty(after.Begin(100).Reports);
    }

    [Fact]
    public void Given_a_late_row_When_the_process_dies_before_the_fold_is_written_Then_the_next_fold_reports_it()
    {
        Stage().Fold(Insert(0, Closed + 1));

        var stage = Stage();
        Assert.Equal(0, stage.Position);
        stage.Fold(Insert(0, Closed + 1));

        Assert.Single(Reports(stage));
    }

    [Fact]
    public void Given_more_late_rows_than_are_said_at_once_Then_progress_waits_for_the_last()
    {
        var stage = Stage();
        for (var i = 0; i < 5; i++)
        {
            stage.Fold(Insert(i, Closed + 1) with { Key = [SqlValue.Of(i)] });
        }

        stage.Commit();
        var said = new List<(int Reports, bool Progress)>();
        while (stage.Late > 0)
        {
            var emission = stage.Begin(2);
            stage.End(emission);
            said.Add((emission.Reports.Count, emission.Progress is not null));
        }

        Assert.Equal([(2, false), (2, false), (1, true)], said);
    }

    [Fact]
    public void Given_an_epoch_that_begins_to_report_further_on_Then_what_lies_below_is_not_reported()
    {
        var stage = Stage(reportFrom: 1);
        stage.Fold(Insert(0, Closed + 1));
        stage.Fold(Insert(1, Closed + 1) with { Key = [SqlValue.Of(8)] });

        Assert.Equal([1], Reports(stage).Select(late => late.Offset));
    }

    private static List<LateChange> Reports(Stage1 stage)
    {
        stage.Commit();
        return [.. stage.Begin(100).Reports.Select(report => report.Row.Change)];
    }

    private static RawChange Insert(long offset, long committed) => Change(offset, Row(Start + 5, 0), committed);

    private static RawChange Change(long offset, SqlValue[]? row, long committed) => new(offset, false, new RowVersion(100 + offset, 101 + offset), [SqlValue.Of(7)], row, committed);

    private static SqlValue[] Row(long at, long amount) => [.. Plan.Columns.Select(column => column.Name switch
    {
        "status" => SqlValue.Of("paid"),
        "amount" => SqlValue.Of(new PgNumeric(amount, 2)),
        _ => SqlValue.Time(SqlKind.TimestampTz, at),
    })];

    private Stage1 Stage(long reportFrom = 0) => new(Plan, 1, 3, 0, RowVersion.None, _store, 5, reportFrom);
}
