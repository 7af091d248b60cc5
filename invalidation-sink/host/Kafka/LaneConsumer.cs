using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streams.Hosting.Options;
using Streams.InvalidationSink.Host.Options;
using Streams.InvalidationSink.Supervision;

namespace Streams.InvalidationSink.Host.Kafka;

/// <summary>
/// The group's consumer. Positions come from Redis, never from the group: an assigned lane is paused at its beginning, from where nothing can be
/// skipped, until the loop positions it; a position that the broker does not have is an error, never a jump. The group's offsets are for lag
/// screens, and tell up to where tags are reaped.
/// </summary>
internal sealed class LaneConsumer : ILaneLog
{
    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly string _topic;
    private readonly Dictionary<int, int> _assigned = [];
    private int _assignments;

    public LaneConsumer(KafkaOptions kafka, InvalidationSinkOptions options, ILogger logger)
    {
        _topic = options.Topic;
        _consumer = new ConsumerBuilder<byte[], byte[]>(Config(kafka, options))
            .SetPartitionsAssignedHandler(Assign)
            .SetPartitionsRevokedHandler((_, lanes) => Forget(lanes.Select(lane => lane.TopicPartition)))
            .SetPartitionsLostHandler((_, lanes) => Forget(lanes.Select(lane => lane.TopicPartition)))
            // Connection errors come by here while the client heals itself; what stops the sink comes out of Consume and the admin calls.
            .SetErrorHandler((_, error) => LastError = error)
            .SetLogHandler((_, message) => Log.Client(logger, message.Message))
            .Build();
        _consumer.Subscribe(options.Topic);
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<int, int> Assigned => _assigned;

    /// <inheritdoc/>
    public bool Joined { get; private set; }

    /// <summary>The client's last own complaint.</summary>
    public Error? LastError { get; private set; }

    /// <inheritdoc/>
    public LaneRead Read(TimeSpan wait, int max)
    {
        var records = new Dictionary<int, List<ConsumeResult<byte[], byte[]>>>();
        var broken = new List<(int, ReFloorReason)>();
        var count = 0;
        while (count < max && Next(count == 0 ? wait : TimeSpan.Zero, broken) is { } record)
        {
            count++;
            (records.TryGetValue(record.Partition, out var lane) ? lane : records[record.Partition] = []).Add(record);
        }

        // A lane may have been revoked while the batch was collected: its records belong to its new owner.
        return new LaneRead(records.Where(lane => _assigned.ContainsKey(lane.Key)).ToDictionary(), broken);
    }

    /// <inheritdoc/>
    public bool Position(int lane, long from, int? leaderEpoch)
    {
        var partition = new TopicPartition(_topic, lane);
        if (!_assigned.ContainsKey(lane))
        {
            return false;
        }

        Guard(() =>
        {
            // Unlike Seek this works for a lane in error, and hands the leader epoch over.
            _consumer.IncrementalUnassign([partition]);
            _consumer.IncrementalAssign([new TopicPartitionOffset(partition, from, leaderEpoch)]);
            _consumer.Resume([partition]);
        });
        return true;
    }

    /// <inheritdoc/>
    public void Pause(int lane)
    {
        if (_assigned.ContainsKey(lane))
        {
            Guard(() => _consumer.Pause([new TopicPartition(_topic, lane)]));
        }
    }

    /// <inheritdoc/>
    public void Mark(int lane, long next)
    {
        try
        {
            _consumer.StoreOffset(new TopicPartitionOffset(_topic, lane, next));
        }
        catch (KafkaException exception) when (exception.Error.Code == ErrorCode.Local_State)
        {
            // The lane is on its way to another instance, which shows its own offset.
            LastError = exception.Error;
        }
    }

    /// <inheritdoc/>
    public long? EndOf(int lane) => _assigned.ContainsKey(lane) && _consumer.GetWatermarkOffsets(new TopicPartition(_topic, lane)).High is { IsSpecial: false } high ? high.Value : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        _consumer.Close();
        _consumer.Dispose();
    }

    private static ConsumerConfig Config(KafkaOptions kafka, InvalidationSinkOptions options)
    {
        var config = kafka.ApplyTo(new ConsumerConfig { FetchWaitMaxMs = 100, FetchErrorBackoffMs = 100, TopicMetadataRefreshIntervalMs = 5_000, SessionTimeoutMs = 6_000, HeartbeatIntervalMs = 1_500 });
        config.GroupId = options.Group;
        config.GroupInstanceId = options.InstanceId.Length > 0 ? options.InstanceId : null;
        config.PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky;
        // Offsets are stored by Mark only, after APPLY; the client commits what is stored without making the loop wait.
        config.EnableAutoCommit = true;
        config.AutoCommitIntervalMs = 1_000;
        config.EnableAutoOffsetStore = false;
        config.AutoOffsetReset = AutoOffsetReset.Error;
        config.AllowAutoCreateTopics = false;
        return config;
    }

    private IEnumerable<TopicPartitionOffset> Assign(IConsumer<byte[], byte[]> consumer, List<TopicPartition> lanes)
    {
        Joined = true;
        _assignments++;
        lanes.ForEach(lane => _assigned[lane.Partition.Value] = _assignments);
        return lanes.Select(lane => new TopicPartitionOffset(lane, Offset.Beginning));
    }

    private void Forget(IEnumerable<TopicPartition> lanes) => lanes.ToList().ForEach(lane => _assigned.Remove(lane.Partition.Value));

    private static void Guard(Action act)
    {
        try
        {
            act();
        }
        catch (KafkaException exception)
        {
            throw SinkErrors.Classify(exception.Error, exception);
        }
    }

    private ConsumeResult<byte[], byte[]>? Next(TimeSpan wait, List<(int, ReFloorReason)> broken)
    {
        try
        {
            return _consumer.Consume(wait);
        }
        catch (ConsumeException exception) when (exception.Error.Code == ErrorCode.Local_AutoOffsetReset && exception.ConsumerRecord is { } at)
        {
            var truncated = exception.Error.Reason.Contains("truncat", StringComparison.OrdinalIgnoreCase);
            broken.Add((at.Partition, truncated ? ReFloorReason.Truncated : ReFloorReason.OutOfRange));
            return null;
        }
        catch (KafkaException exception)
        {
            throw SinkErrors.Classify(exception.Error, exception);
        }
    }
}
