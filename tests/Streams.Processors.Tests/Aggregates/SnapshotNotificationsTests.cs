using System.Text;
using Streams.Processors.Aggregates;

namespace Streams.Processors.Tests.Aggregates;

public sealed class SnapshotNotificationsTests
{
    private readonly SnapshotNotifications _told = new();

    [Fact]
    public void Given_a_snapshot_of_its_own_When_it_completes_Then_it_is_complete()
    {
        Assert.Equal(SnapshotState.Unseen, _told.StateOf("ours"));

        Tell("ours", "STARTED");
        Tell("ours", "TABLE_SCAN_COMPLETED", "SUCCEEDED");
        Assert.Equal(SnapshotState.Running, _told.StateOf("ours"));
        Assert.True(_told.IsRunning);

        Tell("ours", "COMPLETED");
        Assert.Equal(SnapshotState.Completed, _told.StateOf("ours"));
        Assert.False(_told.IsRunning);
    }

    [Fact]
    public void Given_a_signal_queued_behind_another_When_the_first_table_is_read_Then_only_the_empty_queue_completes_it()
    {
        Tell("other", "STARTED");
        // From here on Debezium gives the id of the newest signal to what the first one asked for.
        Tell("ours", "TABLE_SCAN_COMPLETED", "SUCCEEDED");
        Assert.Equal(SnapshotState.Running, _told.StateOf("ours"));

        Tell("newer", "COMPLETED");
        Assert.Equal(SnapshotState.Completed, _told.StateOf("ours"));
    }

    [Theory]
    [InlineData("TABLE_SCAN_COMPLETED", "SQL_EXCEPTION")]
    [InlineData("TABLE_SCAN_COMPLETED", "NO_PRIMARY_KEY")]
    [InlineData("ABORTED", null)]
    public void Given_a_table_that_was_not_read_to_its_end_When_the_queue_is_empty_Then_the_snapshot_has_failed(string type, string? status)
    {
        Tell("ours", "STARTED");
        Tell("ours", type, status);
        Tell("ours", "COMPLETED");

        Assert.Equal(SnapshotState.Failed, _told.StateOf("ours"));
    }

    [Fact]
    public void Given_a_snapshot_that_the_connector_forgot_When_it_is_given_up_Then_what_waited_has_failed_and_the_next_one_may_begin()
    {
        Tell("other", "STARTED");
        Tell("other", "IN_PROGRESS");

        _told.GiveUp(["ours"]);

        Assert.False(_told.IsRunning);
        Assert.Equal(SnapshotState.Failed, _told.StateOf("ours"));
        Assert.Equal(SnapshotState.Failed, _told.StateOf("other"));
        Assert.Equal(2, _told.Told);

        Tell("next", "STARTED");
        Tell("next", "COMPLETED");
        Assert.Equal(SnapshotState.Completed, _told.StateOf("next"));
        Assert.Equal(SnapshotState.Failed, _told.StateOf("ours"));
    }

    [Theory]
    [InlineData("PAUSED", true)]
    [InlineData("RESUMED", false)]
    public void Given_a_snapshot_that_somebody_pauses_When_told_Then_it_is_known(string newest, bool isPaused)
    {
        Tell("ours", "STARTED");
        Tell("ours", "PAUSED");
        Tell("ours", newest);

        Assert.Equal(isPaused, _told.IsPaused);
        Assert.True(_told.IsRunning);
    }

    [Fact]
    public void Given_an_initial_snapshot_that_starts_over_When_told_Then_the_newest_is_known()
    {
        Tell("one", "STARTED", aggregate: "Initial Snapshot");
        Tell("restart", "SKIPPED", aggregate: "Initial Snapshot");
        Assert.Equal("one", _told.NewestInitial);

        Tell("two", "STARTED", aggregate: "Initial Snapshot");
        Assert.Equal("two", _told.NewestInitial);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"id\":7}")]
    [InlineData("{\"id\":7,\"type\":\"COMPLETED\",\"aggregate_type\":\"Incremental Snapshot\"}")]
    public void Given_what_is_no_notification_When_told_Then_it_is_passed_over(string value)
    {
        _told.Take(Encoding.UTF8.GetBytes(value));

        Assert.Null(_told.NewestInitial);
        Assert.False(_told.IsRunning);
    }

    private void Tell(string id, string type, string? status = null, string aggregate = "Incremental Snapshot") => _told.Take(Encoding.UTF8.GetBytes(
        $$"""{"id":"{{id}}","type":"{{type}}","aggregate_type":"{{aggregate}}","additional_data":{"connector_name":"shop"{{(status is null ? "" : $",\"status\":\"{status}\"")}}},"timestamp":1}"""));
}
