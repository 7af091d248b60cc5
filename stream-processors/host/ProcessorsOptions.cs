using System.ComponentModel.DataAnnotations;

namespace Streams.Processors.Host;

/// <summary>Settings of the stream processors. Environment: <c>STREAMS__PROCESSORS__…</c>.</summary>
public sealed class ProcessorsOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Streams:Processors";

    /// <value>Consumer group over the raw topics. Default <c>streams.processors</c>.</value>
    [Required]
    public string GroupId { get; set; } = "streams.processors";

    /// <value>Topic of invalidations; its partitions are the lanes. Default <c>streams.invalidations</c>.</value>
    [Required]
    public string OutputTopic { get; set; } = "streams.invalidations";

    /// <value>Topic of parked records. Default <c>streams.processors.dlq</c>.</value>
    [Required]
    public string DeadLetterTopic { get; set; } = "streams.processors.dlq";

    /// <value>Publication that the connector captures by; rules are checked against it. Default <c>streams_publication</c>.</value>
    [Required]
    public string Publication { get; set; } = "streams_publication";

    /// <value>Outputs under way (sent, not yet acknowledged) above which reading pauses. Default 10,000.</value>
    [Range(1, 50_000)]
    public int InFlightMax { get; set; } = 10_000;

    /// <value>Time between offset commits, in milliseconds. Default 500.</value>
    [Range(10, 60_000)]
    public int CommitIntervalMs { get; set; } = 500;

    /// <value>How long revoked partitions and a stopping host wait for acknowledgements, in milliseconds. Default 5,000.</value>
    [Range(0, 60_000)]
    public int DrainTimeoutMs { get; set; } = 5_000;

    /// <value>Time between checks that the lane count is unchanged, in milliseconds. Default 10,000.</value>
    [Range(100, 600_000)]
    public int LaneWatchIntervalMs { get; set; } = 10_000;

    /// <value>Threads that fold the raw topic of one aggregate, each with some of its partitions (as Kafka Streams' <c>num.stream.threads</c>). Default: the machine's cores, at most 4.</value>
    [Range(1, 64)]
    public int AggregateThreads { get; set; } = Math.Min(Environment.ProcessorCount, 4);

    /// <value>Folder of the local stores of aggregates, this instance's alone. Losing it costs time only. Default <c>state</c>.</value>
    [Required]
    public string StateFolder { get; set; } = "state";
}
