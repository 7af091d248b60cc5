using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streams.Cache.Protocol;
using Streams.Hosting.Options;
using Streams.InvalidationSink.Host.Options;
using Streams.InvalidationSink.Supervision;

namespace Streams.InvalidationSink.Host.Kafka;

/// <summary>Looks whether a lane still holds what was applied from it.</summary>
internal interface ILaneScout
{
    /// <summary>Null: each position continues the lane that it was taken from.</summary>
    Task<ReFloorReason?> CheckAsync(IReadOnlyCollection<LaneState> lanes, CancellationToken cancellationToken);
}

/// <summary>
/// TRUNCATED LANE: the client validates a leader epoch only when the leader changes under it, not at the first fetch. So the last record that
/// was applied is read again: offset and leader epoch together name one record of one log, and with it everything before (log matching) [M36].
/// </summary>
internal sealed class LaneScout(KafkaOptions kafka, InvalidationSinkOptions options, ILogger logger) : ILaneScout
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public Task<ReFloorReason?> CheckAsync(IReadOnlyCollection<LaneState> lanes, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            using var consumer = Build(kafka, options, logger);
            return lanes.Select(lane => Check(consumer, new TopicPartition(options.Topic, lane.Lane), lane.Applied!.Value)).FirstOrDefault(reason => reason is not null);
        },
        cancellationToken);

    private static ReFloorReason? Check(IConsumer<byte[], byte[]> consumer, TopicPartition lane, AppliedPosition applied)
    {
        try
        {
            var ends = consumer.QueryWatermarkOffsets(lane, Patience);
            if (Judge(ends.Low.Value, ends.High.Value, applied) is not { } judged)
            {
                consumer.Assign(new TopicPartitionOffset(lane, applied.Next - 1));
                var record = consumer.Consume(Patience) ?? throw SinkErrors.KafkaUnavailable.With($"No answer for lane {lane.Partition.Value}.");
                return record.IsPartitionEOF || record.LeaderEpoch != applied.LeaderEpoch ? ReFloorReason.Truncated : null;
            }

            return judged == Standing.Continues ? null : judged == Standing.BelowStart ? ReFloorReason.OutOfRange : ReFloorReason.Truncated;
        }
        catch (KafkaException exception)
        {
            throw SinkErrors.Classify(exception.Error, exception);
        }
    }

    /// <summary>What the ends alone tell; null if the record itself has to be looked at.</summary>
    internal static Standing? Judge(long low, long high, AppliedPosition applied) =>
        applied.Next > high ? Standing.AboveEnd
        : applied.Next < low ? Standing.BelowStart
        // Nothing was read yet, or the last record has expired: there is nothing to compare.
        : applied.LeaderEpoch is null || applied.Next == low ? Standing.Continues
        : null;

    internal enum Standing
    {
        Continues,
        BelowStart,
        AboveEnd,
    }

    /// <summary>A consumer that reads beside the group: it joins nothing and commits nothing.</summary>
    internal static IConsumer<byte[], byte[]> Build(KafkaOptions kafka, InvalidationSinkOptions options, ILogger logger)
    {
        var config = kafka.ApplyTo(new ConsumerConfig { FetchWaitMaxMs = 20 });
        (config.GroupId, config.EnableAutoCommit, config.EnableAutoOffsetStore) = (options.Group, false, false);
        (config.AutoOffsetReset, config.EnablePartitionEof, config.AllowAutoCreateTopics) = (AutoOffsetReset.Error, true, false);
        return new ConsumerBuilder<byte[], byte[]>(config).SetLogHandler((_, message) => Log.Client(logger, message.Message)).Build();
    }
}
