using System.Collections.Immutable;
using Streams.Processors.Aggregates;

namespace Streams.Processors.Tests.Aggregates;

/// <summary>When a snapshot has been forgotten by the connector, told by the order of the WAL and not by time.</summary>
public sealed class SnapshotWatchTests
{
    private static readonly ImmutableArray<string> Awaited = ["agg-1"];
    private readonly SnapshotWatch _watch = new();

    [Fact]
    public void Given_nothing_is_told_When_two_positions_taken_in_turn_are_confirmed_Then_it_is_given_up()
    {
        Assert.False(Look(lsn: 10, confirmed: 10));
        Assert.False(Look(lsn: 20, confirmed: 10));
        Assert.False(Look(lsn: 30, confirmed: 19));
        Assert.False(Look(lsn: 40, confirmed: 20));
        // The second position is taken after the first was seen to be confirmed: the mark of a chunk that was being read lies below it.
        Assert.False(Look(lsn: 50, confirmed: 45));
        Assert.False(Look(lsn: 60, confirmed: 49));
        Assert.True(Look(lsn: 70, confirmed: 50));
    }

    [Fact]
    public void Given_a_connector_that_is_down_When_time_passes_Then_nothing_is_given_up()
    {
        for (var lsn = 10; lsn < 10_000; lsn += 10)
        {
            Assert.False(Look(lsn, confirmed: 10));
        }
    }

    [Fact]
    public void Given_a_chunk_is_told_of_When_the_second_position_is_confirmed_Then_the_watch_starts_over()
    {
        Look(lsn: 10, confirmed: 10);
        Look(lsn: 20, confirmed: 10);
        Look(lsn: 30, confirmed: 30);
        Look(lsn: 40, confirmed: 40);

        Assert.False(Look(lsn: 50, confirmed: 50, told: 2));
        Assert.False(Look(lsn: 60, confirmed: 60, told: 2));
        Assert.False(Look(lsn: 70, confirmed: 70, told: 2));
        Assert.False(Look(lsn: 80, confirmed: 80, told: 2));
        Assert.True(Look(lsn: 90, confirmed: 90, told: 2));
    }

    [Fact]
    public void Given_another_signal_is_awaited_When_looked_at_Then_the_watch_starts_over()
    {
        Look(lsn: 10, confirmed: 10);
        Look(lsn: 20, confirmed: 20);
        Look(lsn: 30, confirmed: 30);
        Look(lsn: 40, confirmed: 40);

        Assert.False(_watch.IsGivenUp(1, ["agg-1", "agg-2"], 50, 50));
    }

    private bool Look(long lsn, long confirmed, long told = 1) => _watch.IsGivenUp(told, Awaited, lsn, confirmed);
}
