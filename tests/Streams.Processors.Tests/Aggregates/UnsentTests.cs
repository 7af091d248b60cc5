using System.Collections.Immutable;
using Streams.Core.Values;
using Streams.Processors.Aggregates;
using Streams.Processors.Aggregates.State;

namespace Streams.Processors.Tests.Aggregates;

/// <summary>Columns that a change does not send because they did not change (TOAST): the held value is the row's.</summary>
public sealed class UnsentTests : IDisposable
{
    private readonly Stage1 _stage = new(Sales.Plan(["customer"], null, ("n", "count")), 0, 1, 0, RowVersion.None, new MemoryStore(), 1);
    private long _offset;

    public void Dispose() => _stage.Dispose();

    [Fact]
    public void Given_a_row_When_a_change_does_not_send_its_group_Then_it_stays_in_it()
    {
        Fold(SqlValue.Of("ann"));
        Say();

        Assert.Equal(FoldOutcome.Applied, Fold(RawChange.Unsent));

        Assert.Empty(Say());
    }

    [Fact]
    public void Given_no_row_When_a_change_does_not_send_its_group_Then_it_is_incomplete_and_nothing_counts()
    {
        Assert.Equal(FoldOutcome.Incomplete, Fold(RawChange.Unsent));

        Assert.Empty(Say());
    }

    [Fact]
    public void Given_a_row_that_was_deleted_When_a_change_does_not_send_its_group_Then_the_old_value_is_not_remembered()
    {
        Fold(SqlValue.Of("ann"));
        Fold(null);
        Say();

        Assert.Equal(FoldOutcome.Incomplete, Fold(RawChange.Unsent));
    }

    private FoldOutcome Fold(SqlValue? customer)
    {
        var offset = _offset++;
        return _stage.Fold(new RawChange(offset, false, new RowVersion(100 + offset, 100 + offset), [SqlValue.Of(7L)], customer is { } value ? [value] : null, 0));
    }

    private ImmutableArray<PartialRecord> Say()
    {
        _stage.Commit();
        var emission = _stage.Begin(100);
        _stage.End(emission);
        return [.. emission.Records];
    }
}
