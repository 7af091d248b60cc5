using System.ComponentModel.DataAnnotations;

namespace Streams.InvalidationSink.Host.Options;

/// <summary>Settings of the sink. Environment: <c>STREAMS__INVALIDATIONSINK__…</c>.</summary>
public sealed class InvalidationSinkOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Streams:InvalidationSink";

    /// <value>Topic of the lanes. Default <c>streams.invalidations</c>.</value>
    [Required]
    public string Topic { get; set; } = "streams.invalidations";

    /// <value>Consumer group that the lanes are shared in. Default <c>streams.invalidation-sink</c>.</value>
    [Required]
    public string Group { get; set; } = "streams.invalidation-sink";

    /// <value>Name of this instance in the group (<c>group.instance.id</c>), unique among the running ones. With it an instance that was killed gets
    /// its lanes back as soon as it is up again; without it the group first waits for the dead one to time out. Default empty: none.</value>
    public string InstanceId { get; set; } = "";

    /// <value>Topic of parked records. Default <c>streams.invalidation-sink.dlq</c>.</value>
    [Required]
    public string DeadLetterTopic { get; set; } = "streams.invalidation-sink.dlq";

    /// <value>Most records applied at once. Default 500, 1 … 5000.</value>
    [Range(1, 5000)]
    public int BatchSize { get; set; } = 500;

    /// <value>Time between two polls of Redis, Postgres and the topic. Default 1 s, 50 ms … 1 s: it bounds how long a lost state goes unseen.</value>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:00:01")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <value>Longest time between two looks at the primary while something is unproven. Default 250 ms, 5 ms … 5 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.005", "00:00:05")]
    public TimeSpan LookInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <value>Slots whose fence tables are audited in each poll. Default 1024, 1 … 16384.</value>
    [Range(1, 16384)]
    public int AuditSlots { get; set; } = 1024;

    /// <value>Members of a tag that are reaped in one script. Default 500, 1 … 10000.</value>
    [Range(1, 10_000)]
    public int ReapBatch { get; set; } = 500;

    /// <value>Pause between two batches of the reaper. Default 5 ms, 0 … 1 s.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:01")]
    public TimeSpan ReapPause { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <value>Values that are read again at the same time (strategy refresh). Default 4, 0 = none … 64.</value>
    [Range(0, 64)]
    public int RefreshConcurrency { get; set; } = 4;

    /// <value>One of how many applied keys is audited afterwards. Default 100, 0 = none.</value>
    [Range(0, int.MaxValue)]
    public int AuditEvery { get; set; } = 100;
}
