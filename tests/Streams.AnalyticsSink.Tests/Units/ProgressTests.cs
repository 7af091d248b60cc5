using Streams.AnalyticsSink.Progress;
using Streams.Core.Aggregates;

namespace Streams.AnalyticsSink.Tests.Units;

public sealed class ProgressTests
{
    [Fact]
    public void Given_statements_When_the_table_moves_on_Then_the_newest_that_holds_is_reached()
    {
        var queue = new ProgressQueue();
        foreach (var offset in new[] { 5, 10, 15, 20 })
        {
            queue.Add(Progress(offset));
        }

        queue.Advance(4);
        Assert.Null(queue.Reached);
        queue.Advance(7);
        Assert.Equal(5, queue.Reached?.OutputOffset);
        // The ones between were let go: the newest is what it waits for.
        queue.Advance(19);
        Assert.Equal(5, queue.Reached?.OutputOffset);
        queue.Advance(20);
        Assert.Equal(20, queue.Reached?.OutputOffset);
    }

    [Fact]
    public void Given_a_topic_that_was_made_anew_Then_its_smaller_offsets_count()
    {
        var queue = new ProgressQueue();
        queue.Add(Progress(100));
        queue.Add(Progress(3));

        queue.Advance(3);

        Assert.Equal(3, queue.Reached?.OutputOffset);
    }

    [Fact]
    public void Given_statements_of_other_definitions_Then_a_table_does_not_hear_them()
    {
        var board = new ProgressBoard();
        board.Add(Progress(1) with { Epoch = 1, Definition = "old" });
        board.Add(Progress(1) with { Epoch = 2, Definition = "new" });
        board.Add(Progress(1) with { Epoch = 3 });
        board.Add(Progress(1) with { Epoch = 4, IsPublished = false });

        Assert.Equal([(2, true), (3, false)], board.Reached("a", "new", 0, 1).Select(reached => ((int)reached.Epoch, reached.IsTold)));
        Assert.Empty(board.Reached("a", "new", 1, 1));
    }

    [Fact]
    public void Given_raw_partitions_Then_the_least_of_them_counts_and_an_unknown_one_hides_the_others()
    {
        var both = Progress(1) with { Raw = [new RawProgress(0, 1, 30, 300), new RawProgress(1, 1, 20, 400)] };

        Assert.Equal((20L, 300L), (ReachedProgress.Of(both).Lsn!.Value, ReachedProgress.Of(both).Micros!.Value));
        Assert.Null(ReachedProgress.Of(both with { Raw = [.. both.Raw, new RawProgress(2, 1, null, null)] }).Lsn);
        Assert.Null(ReachedProgress.Of(both with { Raw = [] }).Micros);
    }

    [Theory]
    [InlineData(null, null, 1, null, true)]
    [InlineData(1, 10, 2, 10, true)]
    [InlineData(1, 10, 2, 9, false)]
    [InlineData(1, 10, 2, null, false)]
    [InlineData(1, null, 2, null, true)]
    [InlineData(2, 10, 1, 99, false)]
    [InlineData(2, 10, 2, 99, false)]
    public void Given_what_is_served_Then_a_later_epoch_replaces_it_only_if_it_is_as_new(int? served, int? servedAt, int epoch, int? at, bool replaces)
    {
        var now = served is { } number ? new WholeEpoch(number, At(servedAt)) : null;

        Assert.Equal(replaces, Promotion.Decide(now, [new WholeEpoch(epoch, At(at))]) is not null);
    }

    private static DateTime? At(int? second) => second is { } value ? DateTime.UnixEpoch.AddSeconds(value) : null;

    private static AggregateProgress Progress(long offset) => new("a", 1, 0, offset, [new RawProgress(0, offset, offset, offset)]) { IsPublished = true };
}
