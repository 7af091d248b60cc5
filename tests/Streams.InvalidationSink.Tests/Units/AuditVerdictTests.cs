using Streams.Cache.Protocol;
using Streams.Core.Fencing;
using Streams.InvalidationSink.Measuring;

namespace Streams.InvalidationSink.Tests.Units;

public sealed class AuditVerdictTests
{
    private static readonly PgSnapshot Before = PgSnapshot.Parse("100:100:");
    private static readonly PgSnapshot After = PgSnapshot.Parse("101:101:");
    private static readonly FenceCell Applied = new(7, 20);

    [Fact]
    public void Given_a_value_stamped_below_the_applied_invalidation_Then_it_is_a_survivor() =>
        Assert.True(AuditVerdict.IsSurvivor(Applied, new StoredValue(7, 19, Before), 20, 100));

    [Fact]
    public void Given_a_value_without_a_stamp_for_the_lane_Then_it_is_a_survivor() =>
        Assert.True(AuditVerdict.IsSurvivor(Applied, new StoredValue(7, null, Before), 20, 100));

    [Fact]
    public void Given_a_value_stamped_at_the_invalidation_Then_it_is_fresh() =>
        Assert.False(AuditVerdict.IsSurvivor(Applied, new StoredValue(7, 20, Before), 20, 100));

    [Fact]
    public void Given_a_value_whose_snapshot_shows_the_transaction_Then_it_is_fresh() =>
        Assert.False(AuditVerdict.IsSurvivor(Applied, new StoredValue(7, 19, After), 20, 100));

    [Fact]
    public void Given_a_value_of_another_epoch_Then_no_reader_is_given_it() =>
        Assert.False(AuditVerdict.IsSurvivor(Applied, new StoredValue(6, 19, Before), 20, 100));

    [Fact]
    public void Given_a_fence_that_has_lost_the_invalidation_Then_that_is_for_the_poll() =>
        Assert.False(AuditVerdict.IsSurvivor(Applied with { Version = 19 }, new StoredValue(7, 19, Before), 20, 100));

    [Fact]
    public void Given_nothing_under_the_key_or_no_fence_Then_there_is_no_survivor()
    {
        Assert.False(AuditVerdict.IsSurvivor(Applied, null, 20, 100));
        Assert.False(AuditVerdict.IsSurvivor(null, new StoredValue(7, 19, Before), 20, 100));
    }
}
