using System.Collections.Immutable;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Streams.Core.Aggregates;
using Streams.Hosting.Options;
using Streams.Postgres;
using Streams.Processors.Aggregates;

namespace Streams.Processors.Host.Aggregates;

/// <summary>What the keeper of epochs knows from Kafka: progress of the stages, the connector's notifications, and where topics begin and end.</summary>
internal sealed class KeeperTopics : IDisposable
{
    private static readonly TimeSpan QueryTime = TimeSpan.FromSeconds(5);
    private readonly string _notifications;
    private readonly IAdminClient _admin;
    private readonly IConsumer<byte[], byte[]> _consumer;
    private bool _hasNotifications;
    private long _notificationsEnd;

    /// <param name="kafka">Connection.</param>
    /// <param name="prefix">The connector's <c>topic.prefix</c>; its notifications go to <c>PREFIX.notifications</c>.</param>
    public KeeperTopics(KafkaOptions kafka, string prefix)
    {
        _notifications = $"{prefix}.notifications";
        _admin = new AdminClientBuilder(kafka.ApplyTo(new AdminClientConfig())).SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();
        _consumer = new ConsumerBuilder<byte[], byte[]>(kafka.ApplyTo(new ConsumerConfig
            {
                ClientId = "streams-epochs", GroupId = "streams.agg-epochs", EnableAutoCommit = false, AutoOffsetReset = AutoOffsetReset.Earliest, AllowAutoCreateTopics = false,
                IsolationLevel = IsolationLevel.ReadCommitted, EnablePartitionEof = true,
            }))
            .SetErrorHandler((_, _) => { }).Build();
        _consumer.Assign(new TopicPartitionOffset(AggregateTopics.Progress, 0, Offset.Beginning));
    }

    /// <summary>Whether all progress was read once. Before, nothing is decided: an epoch begins its reports of late rows where those before it ended.</summary>
    public bool IsRead { get; private set; }

    /// <summary>Newest progress by its key, also of epochs that are retired.</summary>
    public ImmutableDictionary<string, AggregateProgress> Progress { get; private set; } = ImmutableDictionary<string, AggregateProgress>.Empty;

    /// <summary>What the connector has told of its snapshots.</summary>
    public SnapshotNotifications Snapshots { get; } = new();

    /// <summary>Whether the notifications are all there, from the connector's first on, and tell of one initial snapshot at most.</summary>
    public bool TellsOfOneInitialSnapshot => _hasNotifications && Snapshots.Initials <= 1 && Lows(_notifications, 1)[0] == 0;

    public void Dispose()
    {
        _consumer.Dispose();
        _admin.Dispose();
    }

    /// <summary>Takes what is new.</summary>
    public async Task ReadAsync()
    {
        await LookForNotificationsAsync();
        while (_consumer.Consume(IsRead ? TimeSpan.Zero : QueryTime) is { } record)
        {
            Take(record);
        }
    }

    /// <summary>Takes all notifications that are readable now; false: they could not be read in time.</summary>
    public bool ReadToEnd()
    {
        var end = _hasNotifications ? Ends(_notifications, 1)[0] : 0;
        while (_notificationsEnd < end)
        {
            if (_consumer.Consume(QueryTime) is not { } record)
            {
                return false;
            }

            Take(record);
        }

        return true;
    }

    /// <summary>Whether every partition of an epoch contains its targets.</summary>
    public bool Contains(AggregateEpoch epoch, AggregatePlan plan) =>
        !epoch.Targets.IsEmpty && Enumerable.Range(0, plan.Definition.Partitions).All(partition =>
            Progress.TryGetValue(new AggregateProgress(epoch.Name, epoch.Epoch, partition, 0, []).Key, out var progress)
            && progress.Raw.All(raw => raw.Position >= epoch.Targets[raw.Partition]));

    /// <summary>Without notifications nobody tells when a snapshot is complete.</summary>
    /// <exception cref="Core.Errors.StreamsException">STR3114.</exception>
    public void RequireNotifications(string aggregate)
    {
        if (!_hasNotifications)
        {
            throw ProcessorErrors.NotificationsMissing.With($"'{_notifications}', for a snapshot that {aggregate} needs.");
        }
    }

    /// <summary>First offsets by partition.</summary>
    public ImmutableArray<long> Lows(string topic, int partitions) => [.. Marks(topic, partitions).Select(mark => mark.Low.Value)];

    /// <summary>Ends by partition.</summary>
    public ImmutableArray<long> Ends(string topic, int partitions) => [.. Marks(topic, partitions).Select(mark => mark.High.Value)];

    /// <summary>Id and partition count of a topic, as one text, and the count.</summary>
    /// <exception cref="Core.Errors.StreamsException">STR3102: it does not exist.</exception>
    public async Task<(string Id, int Partitions)> DescribeAsync(string topic) =>
        await FindAsync(topic) ?? throw ProcessorErrors.TopicMissing.With($"'{topic}'.");

    private void Take(ConsumeResult<byte[], byte[]> record)
    {
        if (record.IsPartitionEOF)
        {
            IsRead |= record.Topic == AggregateTopics.Progress;
            _notificationsEnd = record.Topic == _notifications ? record.Offset.Value : _notificationsEnd;
        }
        else if (record.Message?.Value is { } value)
        {
            Take(record.Topic, value);
        }
    }

    private void Take(string topic, byte[] value)
    {
        if (topic == _notifications)
        {
            Snapshots.Take(value);
        }
        else
        {
            var progress = AggregateProgress.Read(value);
            Progress = Progress.SetItem(progress.Key, progress);
        }
    }

    private IEnumerable<WatermarkOffsets> Marks(string topic, int partitions) =>
        Enumerable.Range(0, partitions).Select(partition => _consumer.QueryWatermarkOffsets(new TopicPartition(topic, partition), QueryTime));

    /// <summary>The connector makes the topic with its first notification.</summary>
    private async Task LookForNotificationsAsync()
    {
        if (!_hasNotifications && await FindAsync(_notifications) is not null)
        {
            _consumer.IncrementalAssign([new TopicPartitionOffset(_notifications, 0, Offset.Beginning)]);
            _hasNotifications = true;
        }
    }

    private async Task<(string Id, int Partitions)?> FindAsync(string topic)
    {
        try
        {
            var description = (await _admin.DescribeTopicsAsync(TopicCollection.OfTopicNames([topic]), new DescribeTopicsOptions { RequestTimeout = QueryTime })).TopicDescriptions.Single();
            return ($"{description.TopicId}/{description.Partitions.Count}", description.Partitions.Count);
        }
        catch (DescribeTopicsException)
        {
            return null;
        }
    }
}
