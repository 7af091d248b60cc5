using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streams.Core.Errors;
using Streams.Hosting.Options;

namespace Streams.Processors.Host;

/// <summary>
/// Reads the raw topics, one record at a time and in order per partition, and commits an offset only when all output below it is acknowledged:
/// at least once.
/// </summary>
/// <remarks>
/// <code>
/// Consume → RecordProcessor → Outbox.Send … (acknowledged on the producer's thread) → PartitionProgress → Commit
/// </code>
/// One flow owns the consumer and everything here. A crash loses nothing: what was not committed is read again, and a second invalidation of the
/// same key is harmless. Rebalance handlers run inside Consume, on the same flow.
/// </remarks>
internal sealed partial class RawConsumer(
    KafkaOptions kafka, ProcessorsOptions options, IReadOnlyList<string> topics, RecordProcessor processor, Outbox outbox, LateInvalidations late,
    Dependencies dependencies, ProcessorMetrics metrics, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RetryTime = TimeSpan.FromSeconds(1);

    private readonly Dictionary<TopicPartition, PartitionProgress> _progress = [];
    private readonly Dictionary<TopicPartition, long> _toCommit = [];
    private long _lastCommit = time.GetTimestamp();
    private long? _resumeAfter;
    private bool _paused;
    private volatile StreamsException? _refused;

    /// <summary>Runs until stopped; then what is under way is acknowledged and committed, within the drain timeout.</summary>
    /// <exception cref="StreamsException">An output could not be written, or Kafka refuses.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var consumer = Build();
        consumer.Subscribe(topics);
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                outbox.ThrowIfFailed();
                if (_refused is { } refused)
                {
                    throw refused;
                }

                if (Next(consumer) is { } record)
                {
                    await HandleAsync(consumer, record);
                }

                await MaintainAsync(consumer);
            }
        }
        finally
        {
            // Leaving the group revokes the partitions, which drains and commits.
            consumer.Close();
        }
    }

    private IConsumer<byte[]?, byte[]?> Build() => new ConsumerBuilder<byte[]?, byte[]?>(kafka.ApplyTo(new ConsumerConfig
        {
            ClientId = "streams-processors",
            GroupId = options.GroupId,
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            // Nowhere to go on is never passed over: Recover begins at the start of the log, and says what was lost.
            AutoOffsetReset = AutoOffsetReset.Error,
            PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
            EnablePartitionEof = true,
            AllowAutoCreateTopics = false,
            // Debezium creates a raw topic with its first record; a new one is found within seconds.
            TopicMetadataRefreshIntervalMs = 3_000,
            SessionTimeoutMs = 10_000,
            HeartbeatIntervalMs = 3_000,
            IsolationLevel = IsolationLevel.ReadCommitted,
        }))
        .SetErrorHandler((_, error) => OnError(error))
        .SetPartitionsAssignedHandler((_, partitions) => Log.Assigned(logger, string.Join(", ", partitions)))
        .SetPartitionsRevokedHandler(OnRevoked)
        .SetPartitionsLostHandler((_, partitions) => Forget(partitions))
        .Build();

    private ConsumeResult<byte[]?, byte[]?>? Next(IConsumer<byte[]?, byte[]?> consumer)
    {
        try
        {
            var result = consumer.Consume(PollTime);
            if (result is null)
            {
                return null;
            }

            dependencies.Kafka.Ready();
            if (!result.IsPartitionEOF)
            {
                return result;
            }

            metrics.AtEnd(result.Topic, result.Partition.Value);
            return null;
        }
        catch (ConsumeException exception) when (exception.Error.Code is ErrorCode.Local_AutoOffsetReset or ErrorCode.OffsetOutOfRange)
        {
            _toRecover.Add(exception.ConsumerRecord.TopicPartition);
            return null;
        }
        catch (ConsumeException exception) when (exception.Error.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic)
        {
            // Not captured anything yet.
            return null;
        }
        catch (ConsumeException exception)
        {
            OnError(exception.Error);
            return null;
        }
    }

    private async Task HandleAsync(IConsumer<byte[]?, byte[]?> consumer, ConsumeResult<byte[]?, byte[]?> record)
    {
        if (record.Message.Value is null)
        {
            ProgressOf(record.TopicPartition).Begin(record.Offset.Value).Sealed();
            return;
        }

        try
        {
            Emit(record, await processor.ProcessAsync(record));
        }
        catch (StreamsException exception) when (exception.Error.Kind == ErrorKind.Transient)
        {
            Log.Again(logger, record.Topic, record.Partition.Value, record.Offset.Value, RetryTime.TotalSeconds, exception.Message);
            dependencies.Registry.NotReady(exception.Message);
            consumer.Seek(record.TopicPartitionOffset);
            _resumeAfter = time.GetTimestamp();
        }
    }

    private void Emit(ConsumeResult<byte[]?, byte[]?> record, Outcome outcome)
    {
        dependencies.Registry.Ready();
        var lag = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds - (outcome.CommitTimeMicros / 1e6);
        metrics.Read(record.Topic, record.Partition.Value, lag);
        metrics.Sent(record.Topic, outcome.Invalidations.Count);
        var pending = ProgressOf(record.TopicPartition).Begin(record.Offset.Value);
        foreach (var outgoing in outcome.Invalidations)
        {
            outbox.Send(outgoing, pending);
        }

        if (outcome.Again)
        {
            late.Add(outcome.Invalidations, pending);
        }

        if (outcome.Parked is { } reason)
        {
            Log.Parked(logger, record.Topic, record.Partition.Value, record.Offset.Value, reason.Cause.Message);
            metrics.Parked(record.Topic, reason.Cause.Error.Code);
            outbox.Park(DeadLetter.Of(record, reason, options.GroupId, time.GetUtcNow()), pending);
        }

        pending.Sealed();
    }

    private async Task MaintainAsync(IConsumer<byte[]?, byte[]?> consumer)
    {
        PauseOrResume(consumer);
        if (time.GetElapsedTime(_lastCommit).TotalMilliseconds < options.CommitIntervalMs)
        {
            return;
        }

        _lastCommit = time.GetTimestamp();
        metrics.InFlight(_progress.Values.Sum(partition => partition.Count));
        Commit(consumer, _progress.Keys);
        await RecoverAsync(consumer);
    }

    /// <summary>Above the limit, and for a moment after a passing fault, nothing is read; polling goes on, so that the group does not lose us.</summary>
    private void PauseOrResume(IConsumer<byte[]?, byte[]?> consumer)
    {
        if (_resumeAfter is { } since && time.GetElapsedTime(since) > RetryTime)
        {
            _resumeAfter = null;
        }

        var limit = _paused ? options.InFlightMax / 2 : options.InFlightMax;
        var pause = _resumeAfter is not null || outbox.Outstanding > limit;
        if (pause)
        {
            // Again each time: partitions may have been assigned since.
            consumer.Pause(consumer.Assignment);
        }
        else if (_paused)
        {
            consumer.Resume(consumer.Assignment);
        }

        _paused = pause;
    }

    private void OnError(Error error)
    {
        if (error.IsFatal || KafkaFault.IsRefusal(error.Code))
        {
            // The client swallows what its error handler throws.
            _refused = ProcessorErrors.KafkaRefused.With($"{error.Reason} ({error.Code}).");
            return;
        }

        if (error.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic)
        {
            return;
        }

        if (error.Code == ErrorCode.Local_AllBrokersDown)
        {
            dependencies.Kafka.NotReady(KafkaFault.Of(error).Message);
        }

        Log.Kafka(logger, $"{error.Reason} ({error.Code})");
    }

    private PartitionProgress ProgressOf(TopicPartition partition)
    {
        if (!_progress.TryGetValue(partition, out var progress))
        {
            _progress[partition] = progress = new PartitionProgress();
        }

        return progress;
    }
}
