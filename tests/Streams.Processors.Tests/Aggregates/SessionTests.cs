using System.Collections.Immutable;
using Streams.Core.Aggregates;
using Streams.Core.Expressions;
using Streams.Core.Values;
using Streams.Processors.Aggregates;

namespace Streams.Processors.Tests.Aggregates;

/// <summary>Sessions begin, end, join, split and move as their rows do.</summary>
public sealed class SessionTests
{
    private const long Minute = 60_000_000;
    private static readonly AggregatePlan Plan = PlanOf(Sales.Session(TimeSpan.FromMinutes(30)));

    [Fact]
    public void Given_rows_that_lie_the_gap_apart_When_aggregated_Then_they_are_one_session_and_two_a_microsecond_further()
    {
        var pipeline = new Pipeline(Plan);
        pipeline.Put(1, At(0));
        pipeline.Put(2, At(30 * Minute));
        pipeline.Put(3, At((60 * Minute) + 1));
        pipeline.Flow();

        Assert.Equal(["0..30 n=2", "60:1..60:1 n=1"], Texts(pipeline.Rows));
    }

    [Fact]
    public void Given_two_sessions_When_a_row_comes_between_them_Then_they_are_one_and_the_second_key_is_empty()
    {
        var pipeline = new Pipeline(Plan);
        pipeline.Put(1, At(0));
        pipeline.Put(2, At(50 * Minute));
        pipeline.Flow();
        var second = pipeline.Rows.Last();

        pipeline.Put(3, At(25 * Minute));
        pipeline.Flow();

        Assert.Equal(["0..50 n=3"], Texts(pipeline.Rows));
        var gone = Assert.Single(pipeline.Said, row => row.IsEmpty);
        Assert.Equal((second.WindowStart, second.WindowEnd), (gone.WindowStart, gone.WindowEnd));
        Assert.True(gone.Version.IsAbove(second.Version));
    }

    [Fact]
    public void Given_a_session_When_a_row_in_its_midst_is_deleted_Then_it_is_two()
    {
        var pipeline = new Pipeline(Plan);
        foreach (var id in Enumerable.Range(0, 7))
        {
            pipeline.Put(id, At(id * 20 * Minute));
        }

        pipeline.Flow();
        pipeline.Put(3, null);
        pipeline.Flow();

        Assert.Equal(["0..40 n=3", "80..120 n=3"], Texts(pipeline.Rows));
    }

    [Fact]
    public void Given_a_session_When_its_first_row_goes_or_moves_back_Then_its_key_moves_with_it()
    {
        var pipeline = new Pipeline(Plan);
        pipeline.Put(1, At(10 * Minute));
        pipeline.Put(2, At(20 * Minute));
        pipeline.Flow();

        pipeline.Put(1, null);
        pipeline.Flow();
        Assert.Equal(["10..20 gone", "20..20 n=1"], Texts(pipeline.Said.OrderBy(row => row.WindowStart)));

        pipeline.Put(2, At(-5 * Minute));
        pipeline.Flow();
        Assert.Equal(["-5..-5 n=1"], Texts(pipeline.Rows));
    }

    [Fact]
    public void Given_a_row_that_moves_from_one_session_to_another_When_aggregated_Then_one_shrinks_and_the_other_grows()
    {
        var pipeline = new Pipeline(Plan);
        pipeline.Put(1, At(0));
        pipeline.Put(2, At(10 * Minute));
        pipeline.Put(3, At(100 * Minute));
        pipeline.Flow();

        pipeline.Put(2, At(110 * Minute));
        pipeline.Flow();

        Assert.Equal(["0..0 n=1", "100..110 n=2"], Texts(pipeline.Rows));
    }

    [Fact]
    public void Given_rows_around_1970_and_long_before_When_aggregated_Then_sessions_are_as_anywhere()
    {
        var pipeline = new Pipeline(Plan);
        pipeline.Put(1, At(-1));
        pipeline.Put(2, At(0));
        pipeline.Put(3, At(-30 * Minute));
        pipeline.Put(4, At((-60 * Minute) - 1));
        pipeline.Put(5, At(DateTime.MinValue.Ticks / 10 - DateTime.UnixEpoch.Ticks / 10));
        pipeline.Flow();

        Assert.Equal(["-1035593280..-1035593280 n=1", "-60:-1..-60:-1 n=1", "-30..0 n=3"], Texts(pipeline.Rows));
    }

    [Fact]
    public void Given_many_rows_at_one_instant_and_rows_without_one_When_aggregated_Then_those_are_a_session_and_these_count_nowhere()
    {
        var pipeline = new Pipeline(Plan);
        for (var id = 0; id < 2000; id++)
        {
            pipeline.Put(id, id < 1500 ? At(7 * Minute) : At(null));
        }

        pipeline.Flow();
        Assert.Equal(["7..7 n=1500"], Texts(pipeline.Rows));

        for (var id = 0; id < 1500; id++)
        {
            pipeline.Put(id, id == 3 ? At(7 * Minute) : null);
        }

        pipeline.Flow();
        Assert.Equal(["7..7 n=1"], Texts(pipeline.Rows));
    }

    [Fact]
    public void Given_days_When_aggregated_Then_sessions_are_runs_of_days()
    {
        var pipeline = new Pipeline(PlanOf(Sales.Session(TimeSpan.FromDays(1), on: "date_trunc('day', at)")));
        pipeline.Put(1, At(60 * Minute));
        pipeline.Put(2, At(30 * 60 * Minute));
        pipeline.Put(3, At(80 * 60 * Minute));
        pipeline.Flow();

        Assert.Equal(["0..1440 n=2", "4320..4320 n=1"], Texts(pipeline.Rows));
    }

    [Fact]
    public void Given_a_group_with_a_long_history_When_one_session_changes_Then_no_other_is_said_again()
    {
        var pipeline = new Pipeline(Plan);
        for (var id = 0; id < 50; id++)
        {
            pipeline.Put(id, At(id * 100 * Minute));
        }

        pipeline.Flow();
        pipeline.Put(1000, At((20 * 100 * Minute) + Minute));
        pipeline.Flow();

        Assert.Equal(["2000..2001 n=2"], Texts(pipeline.Said));
    }

    [Fact]
    public void Given_more_changed_slots_than_go_into_one_emission_When_said_in_parts_Then_nothing_is_published_before_the_group_is_said()
    {
        var pipeline = new Pipeline(Plan);
        for (var id = 0; id < 20; id += 2)
        {
            pipeline.Put(id, At(id * 10 * Minute));
        }

        pipeline.Say(0, 6);
        Assert.Empty(pipeline.Publish());
        pipeline.Say(0, 6);

        Assert.Equal(["0..180 n=10"], Texts(pipeline.Publish()));
    }

    [Fact]
    public void Given_the_sources_clock_When_gap_and_grace_have_passed_Then_the_session_is_final_until_a_late_row_comes()
    {
        var pipeline = new Pipeline(Plan);
        pipeline.Put(1, At(0));
        pipeline.Flow(new SourceClock(1, 31 * Minute));
        Assert.False(Assert.Single(pipeline.Rows).Version.IsFinal);

        pipeline.Flow(new SourceClock(2, (31 * Minute) + 1));
        Assert.True(Assert.Single(pipeline.Said).Version.IsFinal);

        pipeline.Put(2, At(20 * Minute));
        pipeline.Flow(new SourceClock(3, 40 * Minute));
        Assert.Equal(["0..20 n=2"], Texts(pipeline.Rows));
        Assert.False(Assert.Single(pipeline.Rows).Version.IsFinal);

        pipeline.Flow(new SourceClock(4, 60 * Minute));
        Assert.True(Assert.Single(pipeline.Said).Version.IsFinal);
        Assert.Empty(pipeline.Flow(new SourceClock(5, 70 * Minute)));
    }

    [Fact]
    public void Given_a_session_on_its_way_When_the_clock_passes_its_end_before_the_acknowledgement_Then_it_is_said_to_be_final()
    {
        var pipeline = new Pipeline(Plan);
        pipeline.Flow(new SourceClock(1, 0));
        pipeline.Put(1, At(0));
        pipeline.Say(1, 10);
        pipeline.Second.Commit();
        var emission = pipeline.Second.Begin(10);
        Assert.False(Assert.Single(emission.Rows).Row.Version.IsFinal);

        pipeline.Say(0, 10, new SourceClock(2, 32 * Minute));
        pipeline.Say(1, 10, new SourceClock(2, 32 * Minute));
        pipeline.Second.End(emission);

        Assert.True(Assert.Single(pipeline.Publish()).Version.IsFinal);
    }

    [Fact]
    public void Given_retain_When_the_last_row_is_older_Then_the_session_is_gone_and_comes_back_whole_with_a_late_row()
    {
        var pipeline = new Pipeline(PlanOf(Sales.Session(TimeSpan.FromMinutes(30), retain: TimeSpan.FromHours(2))));
        pipeline.Put(1, At(0));
        pipeline.Put(2, At(20 * Minute));
        pipeline.Put(3, At(130 * Minute));
        pipeline.Flow(new SourceClock(1, 140 * Minute));
        Assert.Equal(["0..20 n=2", "130..130 n=1"], Texts(pipeline.Rows));

        Assert.Equal(["0..20 gone"], Texts(pipeline.Flow(new SourceClock(2, (140 * Minute) + 1))));
        Assert.Empty(pipeline.Flow(new SourceClock(3, 141 * Minute)));

        pipeline.Put(5, At(50 * Minute));
        Assert.Equal(["0..50 n=3"], Texts(pipeline.Flow(new SourceClock(4, 142 * Minute))));
        pipeline.Flow(new SourceClock(5, 171 * Minute));
        Assert.Equal(["0..50 gone"], Texts(pipeline.Said.Where(row => row.IsEmpty)));
    }

    [Fact]
    public void Given_a_stage_that_is_opened_again_on_its_store_When_it_has_read_its_output_back_Then_it_says_nothing_again()
    {
        var pipeline = new Pipeline(Plan);
        pipeline.Put(1, At(0));
        pipeline.Put(2, At(100 * Minute));
        pipeline.Flow();
        var first = pipeline.Rows.First();
        pipeline.Put(2, At(101 * Minute));
        pipeline.Flow();

        pipeline.Reopen(isLost: false);
        // The group's version has grown since the row was said; what it says is the same.
        pipeline.Seen(first);
        pipeline.Second.Reconcile();

        Assert.Empty(pipeline.Flow());
    }

    [Fact]
    public void Given_an_older_row_of_somebody_else_When_it_comes_last_Then_ours_is_said_again()
    {
        var pipeline = new Pipeline(Plan);
        pipeline.Put(1, At(0));
        pipeline.Flow();
        var older = pipeline.Rows.Single();
        pipeline.Put(2, At(Minute));
        pipeline.Flow();
        pipeline.Put(2, null);
        pipeline.Flow();

        // It says what is true again; but who holds the row between would not take it, when ours is compacted away behind it.
        pipeline.Seen(older);

        Assert.Equal(["0..0 n=1"], Texts(pipeline.Flow()));
        Assert.True(pipeline.Said[0].Version.IsAbove(older.Version));
    }

    [Fact]
    public void Given_a_newer_row_of_somebody_ahead_When_ours_says_something_else_Then_it_waits_until_it_is_as_far()
    {
        var pipeline = new Pipeline(Plan);
        pipeline.Put(1, At(0));
        pipeline.Flow();
        var ours = pipeline.Rows.Single();

        pipeline.Seen(ours with { WindowEnd = 5 * Minute, Version = ours.Version with { Revision = ours.Version.Revision + 1 } });
        Assert.Empty(pipeline.Publish());
        Assert.Equal(1, pipeline.Second.Dirty);

        pipeline.Put(3, At(900 * Minute));
        pipeline.Put(5, At(901 * Minute));
        Assert.Equal(["0..0 n=1", "900..901 n=2"], Texts(pipeline.Flow().OrderBy(row => row.WindowStart)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Given_rows_of_an_older_epoch_or_a_lost_store_When_no_session_has_their_key_Then_they_are_emptied(bool isOlderEpoch)
    {
        var before = new Pipeline(Plan);
        before.Put(1, At(0));
        before.Put(2, At(100 * Minute));
        before.Flow();
        var (gone, kept) = (before.Rows.First(), before.Rows.Last());

        var pipeline = new Pipeline(Plan, epoch: isOlderEpoch ? 2 : 1);
        pipeline.Put(2, At(100 * Minute));
        pipeline.Put(1, At(0));
        pipeline.Put(1, null);
        pipeline.Flow();
        pipeline.Reopen(isLost: true);
        pipeline.Seen(gone);
        pipeline.Seen(kept);
        pipeline.Second.Reconcile();

        Assert.Equal(["0..0 gone", "100..100 n=1"], Texts(pipeline.Flow().OrderBy(row => row.WindowStart)));
    }

    [Fact]
    public void Given_a_groups_statement_whose_slot_did_not_arrive_When_taken_Then_the_group_stays_as_it_was()
    {
        var pipeline = new Pipeline(Plan);
        pipeline.Put(2, At(0));
        pipeline.Flow();
        pipeline.Put(4, At(Minute));
        pipeline.Flow();
        var (slot, group) = (Slots(pipeline).Last(), Groups(pipeline).Last());

        var second = Swept(pipeline);
        second.Take(group, 2);
        Assert.Equal(0, second.Dirty);

        second.Take(slot, 3);
        second.Take(group, 4);
        second.Commit();
        Assert.Equal(["0..1 n=2"], Texts(second.Begin(10).Rows.Select(one => one.Row)));
    }

    [Fact]
    public void Given_a_slot_of_somebody_ahead_who_died_When_the_groups_statement_is_of_a_moment_before_Then_it_is_of_that_moment()
    {
        var pipeline = ThreeStates();
        var (slots, groups) = (Slots(pipeline), Groups(pipeline));
        var second = Swept(pipeline);
        second.Take(slots[2], 2);
        second.Take(slots[1], 3);
        second.Take(groups[1], 4);
        // A progress follows it, and what is held must be what it speaks of.
        Assert.Equal(["0..1 n=2"], Say());

        second.Take(groups[2], 5);
        Assert.Equal(["0..2 n=3"], Say());

        List<string> Say()
        {
            second.Commit();
            var emission = second.Begin(10);
            second.End(emission);
            return [.. Texts(emission.Rows.Select(one => one.Row))];
        }
    }

    [Fact]
    public void Given_a_group_whose_slot_was_emptied_and_forgotten_When_an_older_statement_of_the_slot_comes_late_Then_it_stays_empty()
    {
        var pipeline = new Pipeline(Plan);
        pipeline.Put(2, At(0));
        pipeline.Flow();
        pipeline.Put(2, At(500 * Minute));
        pipeline.Flow();
        var second = Swept(pipeline);
        var offset = 2;
        foreach (var state in pipeline.Partials.OfType<CellState>())
        {
            second.Take(state, offset++);
        }

        second.Take(Slots(pipeline)[0], offset++);
        second.Take(Groups(pipeline)[0], offset++);
        second.Take(Groups(pipeline)[1], offset);
        second.Commit();

        Assert.Equal(["500..500 n=1"], Texts(second.Begin(10).Rows.Select(one => one.Row)));
    }

    [Fact]
    public void Given_a_store_whose_sweep_has_not_come_When_somebody_ahead_speaks_before_the_resync_Then_what_the_resync_states_is_taken_too()
    {
        var pipeline = new Pipeline(Plan);
        pipeline.Put(2, At(0));
        pipeline.Flow();
        pipeline.Put(4, At(500 * Minute));
        pipeline.Flow();
        var second = pipeline.Open(new Processors.Aggregates.State.MemoryStore());
        second.Want(0, 1);
        second.Want(1, 1);
        second.Take(Slots(pipeline)[1], 0);
        second.Take(Groups(pipeline)[1], 1);

        second.Take(Slots(pipeline)[0], 2);
        second.Take(Groups(pipeline)[0], 3);
        second.Take(new Sweep(1, 0, 1, 1, 1), 4);
        second.Take(new Sweep(1, 1, 0, 1, 2), 5);
        second.Commit();

        Assert.Equal(["0..0 n=1", "500..500 n=1"], Texts(second.Begin(10).Rows.Select(one => one.Row).OrderBy(row => row.WindowStart)));
    }

    /// <summary>One slot of one raw partition in three states.</summary>
    private static Pipeline ThreeStates()
    {
        var pipeline = new Pipeline(Plan);
        for (var i = 0; i < 3; i++)
        {
            pipeline.Put(2 * (i + 1), At(i * Minute));
            pipeline.Flow();
        }

        return pipeline;
    }

    private static List<CellState> Slots(Pipeline pipeline) => [.. pipeline.Partials.OfType<CellState>().Where(state => state.Cell.WindowStart is not null)];

    private static List<CellState> Groups(Pipeline pipeline) => [.. pipeline.Partials.OfType<CellState>().Where(state => state.Cell.WindowStart is null)];

    /// <summary>A stage 2 that knows that nothing was there.</summary>
    private static Stage2 Swept(Pipeline pipeline)
    {
        var second = pipeline.Open(new Processors.Aggregates.State.MemoryStore());
        second.Want(0, 1);
        second.Want(1, 1);
        second.Take(new Sweep(1, 0, 0, 1, 1), 0);
        second.Take(new Sweep(1, 1, 0, 1, 2), 1);
        return second;
    }

    private static AggregatePlan PlanOf(WindowDefinition window) => Sales.Plan([], window, ("n", "count"));

    private static ImmutableDictionary<string, SqlValue> At(long? micros) => ImmutableDictionary.CreateRange(new Dictionary<string, SqlValue>
    {
        ["id"] = SqlValue.Of(0),
        ["status"] = SqlValue.Null,
        ["amount"] = SqlValue.Null,
        ["weight"] = SqlValue.Null,
        ["customer"] = SqlValue.Of(1),
        ["at"] = micros is { } at ? SqlValue.Time(SqlKind.TimestampTz, at) : SqlValue.Null,
    });

    /// <summary>Bounds in minutes, and microseconds beyond, and the number of rows.</summary>
    private static IEnumerable<string> Texts(IEnumerable<AggregateRow> rows) =>
        rows.Select(row => $"{Time(row.WindowStart!.Value)}..{Time(row.WindowEnd!.Value)} {(row.IsEmpty ? "gone" : $"n={row.Measures[0].Value}")}");

    private static string Time(long micros) => micros % Minute == 0 ? $"{micros / Minute}" : $"{micros / Minute}:{micros % Minute}";
}
