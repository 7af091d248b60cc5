using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streams.Core.Aggregates;
using Streams.Hosting.Options;
using Streams.Postgres;

namespace Streams.Processors.Host.Aggregates;

/// <summary>What both stages of an epoch share.</summary>
/// <param name="Plan">The aggregate.</param>
/// <param name="Epoch">The epoch.</param>
/// <param name="RawTopic">Topic of the table.</param>
/// <param name="Kafka">Cluster.</param>
/// <param name="Options">Settings.</param>
/// <param name="Producer">Of the process.</param>
/// <param name="Epochs">Epochs and requests.</param>
/// <param name="Board">What was last read of them, and the source's clock.</param>
/// <param name="Metrics">Of the process.</param>
/// <param name="NewId">Random numbers that tell stores and writers apart.</param>
/// <param name="Time">Clock.</param>
/// <param name="Logger">Log.</param>
internal sealed record AggregateContext(
    AggregatePlan Plan, AggregateEpoch Epoch, string RawTopic, KafkaOptions Kafka, ProcessorsOptions Options, AggregateProducer Producer, AggregateEpochs Epochs,
    Board Board, ProcessorMetrics Metrics, Func<long> NewId, TimeProvider Time, ILogger Logger)
{
    /// <summary>Partitions of the raw topic.</summary>
    public int RawPartitions => Epoch.Starts.Length;

    /// <summary>Folder of a task's store.</summary>
    public string Folder(string task) => Path.Combine(
        StateFolders.Root(Options), Plan.Name, Epoch.Epoch.ToString(System.Globalization.CultureInfo.InvariantCulture), task);

    /// <summary>A consumer of a stage's group.</summary>
    /// <param name="stage">Ends the group's name.</param>
    /// <param name="fields">What is read of a record besides key, value and place: <c>headers</c> or <c>none</c>; the rest would be made anew for each.</param>
    public ConsumerConfig Consumer(string stage, string fields) => Kafka.ApplyTo(new ConsumerConfig
    {
        ClientId = "streams-aggregates",
        GroupId = $"streams.agg.{Plan.Name}.{Epoch.Epoch}.{stage}",
        EnableAutoCommit = false,
        EnableAutoOffsetStore = false,
        AutoOffsetReset = AutoOffsetReset.Error,
        PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
        EnablePartitionEof = true,
        ConsumeResultFields = fields,
        AllowAutoCreateTopics = false,
        TopicMetadataRefreshIntervalMs = 5_000,
        SessionTimeoutMs = 10_000,
        // A rebalance is learned by the next heartbeat, and those who wait for it fold nothing.
        HeartbeatIntervalMs = 500,
        FetchWaitMaxMs = 100,
        // The client waits a whole second, by default, before it fills a queue again that was full: a fold is quicker than that.
        FetchQueueBackoffMs = 10,
        QueuedMaxMessagesKbytes = 16_384,
        // Of small records what the client keeps beside each is more than the record: 100,000 of each partition, its default, are 200 MB.
        QueuedMinMessages = 10_000,
        MaxPartitionFetchBytes = 512 << 10,
        IsolationLevel = IsolationLevel.ReadCommitted,
    });
}
