using Streams.Cache.Protocol;
using Streams.InvalidationSink.Host.Kafka;

namespace Streams.InvalidationSink.Tests.Units;

public sealed class LaneScoutTests
{
    [Theory]
    [InlineData(0, 9, 10, 3, LaneScout.Standing.AboveEnd)]
    [InlineData(11, 20, 10, 3, LaneScout.Standing.BelowStart)]
    [InlineData(10, 20, 10, 3, LaneScout.Standing.Continues)]
    [InlineData(10, 10, 10, 3, LaneScout.Standing.Continues)]
    [InlineData(0, 20, 10, null, LaneScout.Standing.Continues)]
    public void Given_the_ends_of_a_lane_When_they_tell_enough_Then_no_record_is_read(long low, long high, long next, int? leaderEpoch, object expected) =>
        Assert.Equal((LaneScout.Standing)expected, LaneScout.Judge(low, high, new AppliedPosition(1, next, leaderEpoch)));

    [Fact]
    public void Given_a_position_inside_the_lane_When_it_has_a_leader_epoch_Then_the_record_before_it_is_compared() =>
        Assert.Null(LaneScout.Judge(0, 20, new AppliedPosition(1, 10, 3)));
}
