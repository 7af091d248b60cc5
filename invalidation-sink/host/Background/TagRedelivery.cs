using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streams.Cache.Protocol;
using Streams.Core.Errors;
using Streams.Hosting.Options;
using Streams.InvalidationSink.Host.Kafka;
using Streams.InvalidationSink.Host.Observing;
using Streams.InvalidationSink.Host.Options;
using Streams.InvalidationSink.Host.Records;

namespace Streams.InvalidationSink.Host.Background;

/// <summary>
/// What a killed instance had applied but not reaped: the tags between the group's offset, which stays below the lowest unreaped one, and the
/// position in Redis are read again and handed to the reaper. Nothing is applied.
/// </summary>
internal sealed class TagRedelivery(
    KafkaOptions kafka, InvalidationSinkOptions options, RecordDecoder decoder, Reaper reaper, Outages outages, ILogger logger)
{
    // Older ones have been reaped or their members have expired; a bound in any case.
    private const long RecordsMax = 10_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Begins for lanes that were assigned.</summary>
    /// <param name="assigned">What Redis holds of them.</param>
    /// <param name="lanes">Lane count.</param>
    /// <param name="stop">Ends it.</param>
    public Task BeginAsync(IReadOnlyCollection<LaneState> assigned, int lanes, CancellationToken stop)
    {
        foreach (var lane in assigned)
        {
            // Meanwhile the group's offset stays where it is.
            reaper.Hold(lane.Lane);
        }

        return Task.Run(() => RunAsync(assigned, lanes, stop), stop);
    }

    private async Task RunAsync(IReadOnlyCollection<LaneState> assigned, int lanes, CancellationToken stop)
    {
        using var consumer = LaneScout.Build(kafka, options, logger);
        foreach (var lane in assigned)
        {
            await RunAsync(consumer, lane.Lane, lane.Applied!.Value.Next, lanes, stop);
        }
    }

    private async Task RunAsync(IConsumer<byte[], byte[]> consumer, int lane, long applied, int lanes, CancellationToken stop)
    {
        try
        {
            var partition = new TopicPartition(options.Topic, lane);
            var from = From(consumer, partition, applied);
            if (from < applied)
            {
                consumer.Assign(new TopicPartitionOffset(partition, from));
                await ReadAsync(consumer, applied, lanes, stop);
            }
        }
        catch (KafkaException exception)
        {
            outages.Down(SinkErrors.Classify(exception.Error, exception));
        }
        catch (StreamsException exception)
        {
            outages.Down(exception);
        }
        finally
        {
            reaper.Release(lane);
        }
    }

    private static long From(IConsumer<byte[], byte[]> consumer, TopicPartition lane, long applied)
    {
        var committed = consumer.Committed([lane], Patience)[0].Offset;
        var low = consumer.QueryWatermarkOffsets(lane, Patience).Low.Value;
        return committed.IsSpecial ? applied : Math.Max(Math.Max(committed.Value, low), applied - RecordsMax);
    }

    private async Task ReadAsync(IConsumer<byte[], byte[]> consumer, long applied, int lanes, CancellationToken stop)
    {
        while (consumer.Consume(Patience) is { IsPartitionEOF: false } record && record.Offset.Value < applied && !stop.IsCancellationRequested)
        {
            if ((await decoder.DecodeAsync(record, lanes)).Record is { IsTag: true } tag)
            {
                reaper.Add(tag.Target, record.Partition.Value, tag.Offset);
            }
        }
    }
}
