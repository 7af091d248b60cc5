using System.ComponentModel.DataAnnotations;

namespace Streams.AnalyticsSink.Host;

/// <summary>Settings of the analytics sink. Environment: <c>STREAMS__ANALYTICSSINK__…</c>.</summary>
public sealed class AnalyticsSinkOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Streams:AnalyticsSink";

    /// <value>Npgsql connection string of the database that holds the schema <c>analytics</c>; the role may create it, or owns it. Default empty: the captured database.</value>
    public string StoreConnectionString { get; set; } = "";

    /// <value>Npgsql connection string that the HTTP API reads by; SELECT on the schema <c>analytics</c> is enough. Default empty: the store's.</value>
    public string ReadConnectionString { get; set; } = "";

    /// <value>Consumer group that the output topics are shared in. Default <c>streams.analytics-sink</c>.</value>
    [Required]
    public string Group { get; set; } = "streams.analytics-sink";

    /// <value>Name of this instance in the group (<c>group.instance.id</c>), unique among the running ones: killed and started again, it has its partitions back at once. Default empty: none.</value>
    public string InstanceId { get; set; } = "";

    /// <value>Topic of parked records. Default <c>streams.analytics-sink.dlq</c>.</value>
    [Required]
    public string DeadLetterTopic { get; set; } = "streams.analytics-sink.dlq";

    /// <value>Most records written in one transaction. Default 5,000, 1 … 50,000.</value>
    [Range(1, 50_000)]
    public int BatchSize { get; set; } = 5_000;

    /// <value>Longest wait for a first record; what has come with it is written then. Default 100 ms, 1 ms … 10 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:10")]
    public TimeSpan BatchWait { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <value>Time between two looks whether topics were made anew, windows may be deleted, and an epoch is whole. Default 5 s, 50 ms … 1 min.</value>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan UpkeepInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <value>How long dropped windows are still kept, in the source's time, so that a change stream can be resumed across them. Default 1 h, 0 … 365 days.</value>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan DroppedKept { get; set; } = TimeSpan.FromHours(1);

    /// <value>Requests for rows served at the same time; more are answered with 503. Default 64, 1 … 10,000.</value>
    [Range(1, 10_000)]
    public int MaxRequests { get; set; } = 64;

    /// <value>Followers of change streams at the same time; more are answered with 503. Default 100, 1 … 10,000.</value>
    [Range(1, 10_000)]
    public int MaxStreams { get; set; } = 100;

    /// <value>Longest time for a query of the API. Default 30 s, 1 s … 1 h.</value>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan QueryTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <value>Time between two looks for changes, per follower. Default 250 ms, 10 ms … 1 min.</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan StreamInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <value>Longest silence of a change stream: then it says as of when it is. Default 15 s, 100 ms … 5 min.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(15);
}
