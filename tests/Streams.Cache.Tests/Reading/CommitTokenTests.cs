using Streams.Cache.Reading;
using Streams.Core.Fencing;
using Xunit;

namespace Streams.Cache.Tests.Reading;

public sealed class CommitTokenTests
{
    private static readonly DatabaseIdentity Here = new(7300000000000000000, 1, 1700000000000000);

    [Fact]
    public void Given_a_token_When_printed_and_parsed_Then_it_is_the_same()
    {
        var token = CommitToken.Of(Here, 745).Union(CommitToken.Of(Here, 741)).Forget(742);
        Assert.Equal("7300000000000000000/1/1700000000000000:742:745", token.ToString());
        Assert.Equal(token, CommitToken.Parse(token.ToString()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1/2/3")]
    [InlineData("1/2:0:5")]
    [InlineData("1/2/3:0:5,x")]
    [InlineData("1/2/3:-1:5")]
    [InlineData("1/2/3:0:99999999999999999999")]
    public void Given_something_else_When_parsed_Then_it_is_refused(string? text) => Assert.Null(CommitToken.TryParse(text));

    [Fact]
    public void Given_a_concurrent_transaction_with_a_lower_id_When_only_the_higher_is_visible_Then_the_set_is_not_contained()
    {
        var token = CommitToken.Of(Here, 741).Union(CommitToken.Of(Here, 745));
        Assert.False(token.IsContainedIn(Here, new PgSnapshot(741, 746, [741])));
        Assert.True(token.IsContainedIn(Here, new PgSnapshot(742, 746, [742])));
    }

    [Fact]
    public void Given_another_history_When_asked_Then_nothing_is_contained()
    {
        var token = CommitToken.Of(Here, 741);
        Assert.False(token.IsContainedIn(Here with { Restart = 1 }, new PgSnapshot(800, 800, [])));
        var newer = CommitToken.Of(Here with { Timeline = 2 }, 5);
        Assert.Equal(newer, token.Union(newer));
    }

    [Fact]
    public void Given_ids_below_a_seen_xmin_When_forgotten_Then_an_older_value_is_still_not_accepted()
    {
        var token = CommitToken.Of(Here, 741).Forget(760);
        Assert.Empty(token.Xids);
        Assert.False(token.IsContainedIn(Here, new PgSnapshot(741, 741, [])));
        Assert.True(token.IsContainedIn(Here, new PgSnapshot(742, 742, [])));
    }

    [Fact]
    public void Given_more_ids_than_fit_When_joined_Then_the_floor_asks_for_more_never_for_less()
    {
        var token = Enumerable.Range(0, 100).Select(i => CommitToken.Of(Here, (ulong)(1000 + i))).Aggregate((a, b) => a.Union(b));
        Assert.True(token.Xids.Count <= CommitToken.MaxXids);
        Assert.False(token.IsContainedIn(Here, new PgSnapshot(1050, 1050, [])));
        Assert.True(token.IsContainedIn(Here, new PgSnapshot(1100, 1100, [])));
        Assert.Equal(token, CommitToken.Parse(token.ToString()));
    }
}
