using System.Collections.Immutable;
using Streams.Core.Aggregates;
using Streams.Postgres;
using Streams.Processors.Host.Aggregates;

namespace Streams.Processors.Tests.Host;

/// <summary>Where an epoch begins to report late rows: nothing is left out between two epochs, and history is not reported.</summary>
public sealed class BoardTests
{
    private readonly Board _board = new();

    [Fact]
    public void Given_the_first_epoch_Then_what_was_in_the_log_is_history()
    {
        Assert.Equal(100, _board.ReportFrom(Epoch(2, 100), 0));
    }

    [Fact]
    public void Given_an_epoch_that_stopped_before_the_targets_of_the_next_Then_the_next_begins_where_it_stopped()
    {
        Progressed((1, 40), (2, 70), (4, 90));

        Assert.Equal(70, _board.ReportFrom(Epoch(3, 100), 0));
    }

    [Fact]
    public void Given_progress_beyond_the_targets_Then_the_targets_are_enough()
    {
        Progressed((1, 500));

        Assert.Equal(100, _board.ReportFrom(Epoch(3, 100), 0));
    }

    [Fact]
    public void Given_a_lost_store_Then_its_epoch_goes_on_where_it_was()
    {
        Progressed((1, 40), (3, 250));

        Assert.Equal(250, _board.ReportFrom(Epoch(3, 100), 0));
    }

    [Fact]
    public void Given_an_epoch_whose_targets_are_not_known_yet_Then_it_begins_where_its_fold_does()
    {
        Assert.Equal(30, _board.ReportFrom(Epoch(3, 100) with { Targets = [] }, 0));
    }

    private static AggregateEpoch Epoch(long number, long target) => new("sales", number, true, "hash", "topic", [30], (-1, -1), [target], null, "test", "");

    private void Progressed(params (long Epoch, long Position)[] epochs) => _board.Set(epochs
        .SelectMany(one => new[] { one, (one.Epoch, Position: one.Position - 5) }.Select((state, partition) =>
            new AggregateProgress("sales", state.Epoch, partition, 0, [new RawProgress(0, state.Position, null, null)])))
        .Append(new AggregateProgress("others", 1, 0, 0, [new RawProgress(0, 999, null, null)]))
        .ToImmutableDictionary(progress => progress.Key));
}
