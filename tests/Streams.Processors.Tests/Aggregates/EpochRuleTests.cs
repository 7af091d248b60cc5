using System.Collections.Immutable;
using Streams.Postgres;
using Streams.Processors.Aggregates;
using Streams.Processors.Host.Aggregates;

namespace Streams.Processors.Tests.Aggregates;

/// <summary>When an epoch is begun, from what, and when it goes live.</summary>
public sealed class EpochRuleTests
{
    private static readonly SourceHistory Now = new(7, 1, "first");
    private static readonly AggregateEpoch Live = new("sales", 5, true, "hash", "topic/4", [0, 0], (-1, -1), [9, 9], null, "declared", Now.ToString());
    private static readonly AggregateEpoch Awaiting = Live with { IsLive = false, Targets = [], Snapshot = "agg-1" };

    private static EpochView View(AggregateEpoch? newest) => new(newest, "hash", "topic/4", Now, null, null, SnapshotState.Unseen, false);

    [Fact]
    public void Given_a_live_epoch_and_nothing_new_When_looked_at_Then_nothing_is_done() => Assert.IsType<EpochStep.None>(EpochRule.Next(View(Live)));

    [Fact]
    public void Given_no_epoch_When_looked_at_Then_one_is_begun_from_the_log_if_it_may() =>
        Assert.Equal(new EpochStep.Begin("declared", true), EpochRule.Next(View(null)));

    [Fact]
    public void Given_another_definition_or_topic_When_looked_at_Then_an_epoch_is_begun()
    {
        Assert.True(Assert.IsType<EpochStep.Begin>(EpochRule.Next(View(Live with { DefinitionHash = "older" }))).FromLog);
        Assert.True(Assert.IsType<EpochStep.Begin>(EpochRule.Next(View(Live with { TopicId = "gone/4" }))).FromLog);
    }

    [Theory]
    [InlineData(8, 1, "first")]
    [InlineData(7, 2, "first")]
    [InlineData(7, 1, "second")]
    public void Given_another_history_of_the_source_When_looked_at_Then_a_snapshot_is_taken(long system, int timeline, string initial) =>
        Assert.False(Assert.IsType<EpochStep.Begin>(EpochRule.Next(View(Live) with { History = new SourceHistory(system, timeline, initial) })).FromLog);

    [Theory]
    [InlineData("")]
    [InlineData("7/1/")]
    public void Given_an_epoch_from_before_the_first_snapshot_When_that_is_told_Then_it_is_its_own(string history) =>
        Assert.IsType<EpochStep.Adopt>(EpochRule.Next(View(Live with { History = history })));

    [Fact]
    public void Given_an_epoch_from_before_the_first_snapshot_When_the_server_is_another_Then_a_snapshot_is_taken() =>
        Assert.False(Assert.IsType<EpochStep.Begin>(EpochRule.Next(View(Live with { History = "6/1/" }))).FromLog);

    [Fact]
    public void Given_records_that_left_the_log_When_looked_at_Then_a_snapshot_is_taken() =>
        Assert.Equal(new EpochStep.Begin("gone", false), EpochRule.Next(View(Live) with { Lost = "gone" }));

    [Fact]
    public void Given_the_wish_for_a_snapshot_When_looked_at_Then_an_epoch_with_one_is_begun() =>
        Assert.Equal(new EpochStep.Begin("backfill", false), EpochRule.Next(View(Live with { IsLive = false, Targets = [], Reason = "backfill" })));

    [Fact]
    public void Given_a_truncate_When_looked_at_Then_what_comes_after_it_is_an_epoch()
    {
        var truncation = new Truncation(new RowVersion(3, 4), 1, 17);

        Assert.Equal(new EpochStep.BeginAfter(truncation), EpochRule.Next(View(Live) with { Truncation = truncation }));
        Assert.False(Assert.IsType<EpochStep.Begin>(EpochRule.Next(View(Awaiting) with { Truncation = truncation })).FromLog);
    }

    [Fact]
    public void Given_a_snapshot_that_is_awaited_When_it_is_told_of_Then_it_ends_or_begins_anew()
    {
        Assert.IsType<EpochStep.None>(EpochRule.Next(View(Awaiting)));
        Assert.IsType<EpochStep.None>(EpochRule.Next(View(Awaiting) with { Snapshot = SnapshotState.Running }));
        Assert.IsType<EpochStep.SetTargets>(EpochRule.Next(View(Awaiting) with { Snapshot = SnapshotState.Completed }));
        Assert.False(Assert.IsType<EpochStep.Begin>(EpochRule.Next(View(Awaiting) with { Snapshot = SnapshotState.Failed })).FromLog);
    }

    [Fact]
    public void Given_an_epoch_in_the_shadow_When_it_contains_its_targets_Then_it_goes_live()
    {
        Assert.IsType<EpochStep.None>(EpochRule.Next(View(Live with { IsLive = false })));
        Assert.IsType<EpochStep.Promote>(EpochRule.Next(View(Live with { IsLive = false }) with { IsComplete = true }));
    }

    [Fact]
    public void Given_a_log_When_it_is_asked_whether_it_tells_one_history_Then_only_a_whole_one_of_now_does()
    {
        var now = ImmutableHashSet.Create(Now.ToString());
        Assert.True(Is(isEmpty: true, known: []));
        Assert.True(Is(known: now));
        Assert.True(Is(isFirst: true, known: []));
        Assert.False(Is(known: []));
        Assert.False(Is(isFirst: true, known: [], at: Now with { Timeline = 2 }));
        Assert.False(Is(isFirst: true, known: now.Add("6/1/first")));
        Assert.False(Is(isWhole: false, known: now));

        static bool Is(ImmutableHashSet<string> known, bool isWhole = true, bool isEmpty = false, bool isFirst = false, SourceHistory? at = null) =>
            EpochRule.IsOneHistory(isWhole, isEmpty, isFirst, known, at ?? Now);
    }
}
