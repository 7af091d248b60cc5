using System.Text.Json;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streams.AnalyticsSink.Progress;
using Streams.Core.Aggregates;
using Streams.Hosting.Options;

namespace Streams.AnalyticsSink.Host.Kafka;

/// <summary>Reads the progress topic, from its beginning at every start: it is small, and no group shares it.</summary>
internal sealed class ProgressReader(KafkaOptions kafka, AnalyticsSinkOptions options, ProgressBoard board, ILogger logger)
{
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs until it is stopped. Blocks in the client: it wants a thread of its own.</summary>
    public void Run(CancellationToken stop)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(Config())
            .SetErrorHandler((_, error) => Log.Client(logger, error.Reason))
            .SetLogHandler((_, message) => Log.Client(logger, message.Message))
            .Build();
        consumer.Assign(new TopicPartitionOffset(AggregateTopics.Progress, 0, Offset.Beginning));
        while (!stop.IsCancellationRequested)
        {
            Read(consumer);
        }

        consumer.Close();
    }

    private void Read(IConsumer<byte[], byte[]> consumer)
    {
        try
        {
            if (consumer.Consume(Wait)?.Message.Value is { } value)
            {
                board.Add(AggregateProgress.Read(value));
            }
        }
        catch (JsonException exception)
        {
            // One statement less: the next one says more.
            Log.Client(logger, $"{AggregateTopics.Progress}: {exception.Message}");
        }
        catch (ConsumeException exception)
        {
            // The topic is not there yet, or no broker is: the client goes on looking, and the output consumer says what is wrong.
            Log.Client(logger, exception.Error.Reason);
        }
    }

    private ConsumerConfig Config() => kafka.ApplyTo(new ConsumerConfig
    {
        GroupId = $"{options.Group}.progress",
        EnableAutoCommit = false,
        AutoOffsetReset = AutoOffsetReset.Earliest,
        AllowAutoCreateTopics = false,
        FetchWaitMaxMs = 100,
        TopicMetadataRefreshIntervalMs = 5_000,
    });
}
