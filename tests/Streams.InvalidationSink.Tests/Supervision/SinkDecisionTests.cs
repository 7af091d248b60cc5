using Streams.Core.Fencing;
using Streams.InvalidationSink.Supervision;
using Streams.Postgres;

namespace Streams.InvalidationSink.Tests.Supervision;

public sealed class SinkDecisionTests
{
    private static readonly DatabaseIdentity Identity = new(1, 1, 1);
    private static readonly EpochRecord Mine = new(7, Identity, "id/4");
    private static readonly SinkFacts Fine = new(Mine, Identity, "id/4", new SlotState(true, false, true, 0));

    [Fact]
    public void Given_nothing_changed_Then_the_sink_goes_on()
    {
        Assert.Equal(SinkVerdict.Continue, SinkDecision.Judge(Mine, Fine, true));
        Assert.Equal(SinkVerdict.Continue, SinkDecision.Judge(Mine, new SinkFacts(null, null, null, null), true));
    }

    [Fact]
    public void Given_another_durable_epoch_Then_it_is_loaded_whatever_else_is_wrong() =>
        Assert.True(SinkDecision.Judge(Mine, Fine with { Durable = Mine with { Number = 8 }, TopicId = "other/4" }, true).Reload);

    [Theory]
    [InlineData(2, 1, 1)]
    [InlineData(1, 2, 1)]
    [InlineData(1, 1, 2)]
    public void Given_another_history_of_Postgres_Then_a_new_epoch_begins(long system, int timeline, long restart) =>
        Assert.Equal(ReFloorReason.History, SinkDecision.Judge(Mine, Fine with { Seen = new DatabaseIdentity(system, timeline, restart) }, true).ReFloor);

    [Theory]
    [InlineData("id/5")]
    [InlineData("di/4")]
    public void Given_another_topic_or_partition_count_Then_a_new_epoch_begins(string topic) =>
        Assert.Equal(ReFloorReason.Topic, SinkDecision.Judge(Mine, Fine with { TopicId = topic }, true).ReFloor);

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void Given_a_missing_or_lost_slot_Then_a_new_epoch_begins_once(bool exists, bool lost)
    {
        var facts = Fine with { Slot = new SlotState(exists, lost, false, 0) };

        Assert.Equal(ReFloorReason.Slot, SinkDecision.Judge(Mine, facts, true).ReFloor);
        Assert.Equal(SinkVerdict.Continue, SinkDecision.Judge(Mine, facts, false));
    }
}
