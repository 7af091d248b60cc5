using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streams.Core.Errors;
using Streams.Hosting.Options;

namespace Streams.AnalyticsSink.Host.Kafka;

/// <summary>
/// The group's consumer. Positions come from Postgres, never from the group: an assigned partition is paused, and what it gave is dropped, until the
/// loop positions it. The group's offsets are for lag screens. One thread at a time.
/// </summary>
internal sealed class OutputConsumer : IDisposable
{
    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly ILogger _logger;

    /// <summary>Assigned partitions with the offset after the last record that was written; null: to be positioned.</summary>
    private readonly Dictionary<TopicPartition, long?> _assigned = [];

    public OutputConsumer(KafkaOptions kafka, AnalyticsSinkOptions options, IEnumerable<string> topics, ILogger logger)
    {
        _logger = logger;
        _consumer = new ConsumerBuilder<byte[], byte[]>(Config(kafka, options))
            .SetPartitionsAssignedHandler(Assign)
            .SetPartitionsRevokedHandler((_, partitions) => Forget(partitions))
            .SetPartitionsLostHandler((_, partitions) => Forget(partitions))
            // Connection errors come by here while the client heals itself; what stops the sink comes out of Consume.
            .SetErrorHandler((_, error) => Log.Client(logger, error.Reason))
            .SetLogHandler((_, message) => Log.Client(logger, message.Message))
            .Build();
        _consumer.Subscribe(topics);
    }

    /// <summary>Whether the group has answered, be it with no partition.</summary>
    public bool Joined { get; private set; }

    /// <summary>Assigned partitions with the offset after the last record that was written; null: to be positioned.</summary>
    public IReadOnlyDictionary<TopicPartition, long?> Assigned => _assigned;

    /// <summary>Up to <paramref name="max"/> records, after at most <paramref name="wait"/> for the first; rebalances happen inside.</summary>
    /// <exception cref="StreamsException">STR3301, STR3303.</exception>
    public List<ConsumeResult<byte[], byte[]>> Read(TimeSpan wait, int max)
    {
        var records = new List<ConsumeResult<byte[], byte[]>>();
        while (records.Count < max && Next(records.Count == 0 ? wait : TimeSpan.Zero) is { } record)
        {
            records.Add(record);
        }

        // What was revoked meanwhile belongs to its new owner; what is not positioned was read from somewhere.
        return records.FindAll(record => _assigned.GetValueOrDefault(record.TopicPartition) is not null);
    }

    /// <summary>Reads a partition from here on.</summary>
    public void Position(TopicPartition partition, long? from)
    {
        if (!_assigned.ContainsKey(partition))
        {
            return;
        }

        Guard(() =>
        {
            // Unlike Seek this works for a partition in error.
            _consumer.IncrementalUnassign([partition]);
            _consumer.IncrementalAssign([new TopicPartitionOffset(partition, from ?? Offset.Beginning)]);
            _consumer.Resume([partition]);
        });
        _assigned[partition] = from ?? 0;
        Log.Positioned(_logger, partition.ToString(), from?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "its beginning");
    }

    /// <summary>Forgets what was read beyond the store: the partitions wait to be positioned again.</summary>
    public void Unposition(Func<TopicPartition, bool> which)
    {
        foreach (var partition in _assigned.Keys.Where(which).ToList())
        {
            _assigned[partition] = null;
            Guard(() => _consumer.Pause([partition]));
        }
    }

    /// <summary>Everything below is written.</summary>
    public void Mark(TopicPartition partition, long next)
    {
        try
        {
            if (_assigned.GetValueOrDefault(partition) is not null)
            {
                _assigned[partition] = next;
                _consumer.StoreOffset(new TopicPartitionOffset(partition, next));
            }
        }
        catch (KafkaException exception) when (exception.Error.Code == ErrorCode.Local_State)
        {
            // The partition is on its way to another instance, which shows its own offset.
            Log.Client(_logger, exception.Error.Reason);
        }
    }

    /// <summary>End of a partition as last seen by the client, or null.</summary>
    public long? EndOf(TopicPartition partition) => _consumer.GetWatermarkOffsets(partition).High is { IsSpecial: false } high ? high.Value : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        _consumer.Close();
        _consumer.Dispose();
    }

    private static ConsumerConfig Config(KafkaOptions kafka, AnalyticsSinkOptions options)
    {
        var config = kafka.ApplyTo(new ConsumerConfig { FetchWaitMaxMs = 100, FetchErrorBackoffMs = 100, TopicMetadataRefreshIntervalMs = 5_000, SessionTimeoutMs = 6_000, HeartbeatIntervalMs = 1_500 });
        config.GroupId = options.Group;
        config.GroupInstanceId = options.InstanceId.Length > 0 ? options.InstanceId : null;
        config.PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky;
        config.EnableAutoCommit = true;
        config.AutoCommitIntervalMs = 1_000;
        config.EnableAutoOffsetStore = false;
        // A position that the log does not have: every record says its version, so its beginning is always right.
        config.AutoOffsetReset = AutoOffsetReset.Earliest;
        config.AllowAutoCreateTopics = false;
        return config;
    }

    private IEnumerable<TopicPartitionOffset> Assign(IConsumer<byte[], byte[]> consumer, List<TopicPartition> partitions)
    {
        Joined = true;
        partitions.ForEach(partition => _assigned[partition] = null);
        return partitions.Select(partition => new TopicPartitionOffset(partition, Offset.Beginning));
    }

    private void Forget(List<TopicPartitionOffset> partitions) => partitions.ForEach(partition => _assigned.Remove(partition.TopicPartition));

    private static void Guard(Action act)
    {
        try
        {
            act();
        }
        catch (KafkaException exception)
        {
            throw AnalyticsErrors.Classify(exception.Error, exception);
        }
    }

    private ConsumeResult<byte[], byte[]>? Next(TimeSpan wait)
    {
        try
        {
            return _consumer.Consume(wait);
        }
        catch (KafkaException exception) when (exception.Error.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition)
        {
            // One topic is not there yet: the client goes on looking for it, and reads the others.
            Log.Client(_logger, exception.Error.Reason);
            return null;
        }
        catch (KafkaException exception)
        {
            throw AnalyticsErrors.Classify(exception.Error, exception);
        }
    }
}
