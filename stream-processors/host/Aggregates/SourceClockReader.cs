using System.Collections.Immutable;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streams.Core.Errors;
using Streams.Hosting.Options;
using Streams.Postgres;
using Streams.Processors.Aggregates;

namespace Streams.Processors.Host.Aggregates;

/// <summary>
/// Tells up to which moment of the source everything is in the raw topics: a position of the WAL and its clock are taken; when the slot has confirmed
/// that position, all that lies before it was acknowledged by Kafka (Connect confirms nothing else), so it lies below the ends asked for then.
/// </summary>
internal sealed class SourceClockReader(
    SlotClock source, KafkaOptions kafka, IReadOnlyDictionary<string, int> topics, Board board, TimeProvider time, ILogger logger)
{
    private const int Kept = 30;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan QueryTime = TimeSpan.FromSeconds(5);
    private readonly Queue<SourceClock> _waiting = new();
    private ImmutableArray<Moment> _moments = [];

    public async Task RunAsync(CancellationToken stopping)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(kafka.ApplyTo(new ConsumerConfig { ClientId = "streams-source-clock", GroupId = "streams.source-clock", EnableAutoCommit = false }))
            .SetErrorHandler((_, _) => { }).Build();
        while (!stopping.IsCancellationRequested)
        {
            await Task.Delay(Interval, time, stopping);
            try
            {
                await LookAsync(consumer, stopping);
            }
            catch (StreamsException exception) when (exception.Error.Kind == ErrorKind.Transient)
            {
                Log.Kafka(logger, exception.Message);
            }
            catch (KafkaException exception)
            {
                Log.Kafka(logger, exception.Error.Reason);
            }
        }
    }

    private async Task LookAsync(IConsumer<byte[], byte[]> consumer, CancellationToken stopping)
    {
        var now = await source.ReadAsync(stopping);
        SourceClock? arrived = null;
        while (_waiting.TryPeek(out var first) && first.Lsn <= now.Confirmed)
        {
            arrived = _waiting.Dequeue();
        }

        _waiting.Enqueue(new SourceClock(now.Lsn, now.Micros));
        if (arrived is not { } moment)
        {
            return;
        }

        var ends = ImmutableDictionary.CreateBuilder<(string, int), long>();
        foreach (var (topic, partitions) in topics)
        {
            for (var partition = 0; partition < partitions; partition++)
            {
                ends[(topic, partition)] = consumer.QueryWatermarkOffsets(new TopicPartition(topic, partition), QueryTime).High.Value;
            }
        }

        _moments = [new Moment(moment, ends.ToImmutable()), .. _moments.Take(Kept - 1)];
        board.Set(_moments);
    }
}
