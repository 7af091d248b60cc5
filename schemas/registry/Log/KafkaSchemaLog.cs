using System.Text.Json.Nodes;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Streams.Hosting.Options;
using Streams.Registry.Store;

namespace Streams.Registry.Log;

/// <summary>The compacted topic <c>_schemas</c>, one partition, in the layout of Confluent's registry: its content can be read by either.</summary>
internal sealed partial class KafkaSchemaLog(IOptions<KafkaOptions> kafka, TimeProvider clock, ILogger<KafkaSchemaLog> logger) : ISchemaLog, IDisposable
{
    private const string Topic = "_schemas";
    private static readonly TopicPartition Partition = new(Topic, 0);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private readonly Lazy<IProducer<byte[], byte[]?>> _producer = new(() => new ProducerBuilder<byte[], byte[]?>(
        kafka.Value.ApplyTo(new ProducerConfig { Acks = Acks.All, EnableIdempotence = true, LingerMs = 0, MessageTimeoutMs = 5_000 })).Build());

    public async Task<long> AppendAsync(LogRecord record, CancellationToken cancellationToken)
    {
        try
        {
            var message = new Message<byte[], byte[]?> { Key = Bytes(record.Key)!, Value = Bytes(record.Value) };
            return (await _producer.Value.ProduceAsync(Partition, message, cancellationToken)).Offset;
        }
        catch (KafkaException exception)
        {
            throw RegistryProblem.Unavailable(exception.Error.Reason);
        }
    }

    public async Task FollowAsync(Action<long, LogRecord> apply, Action caughtUp, CancellationToken cancellationToken)
    {
        await CreateTopicAsync(cancellationToken);
        await Task.Factory.StartNew(
            () => Follow(apply, caughtUp, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public void Dispose()
    {
        if (_producer.IsValueCreated)
        {
            _producer.Value.Dispose();
        }
    }

    private void Follow(Action<long, LogRecord> apply, Action caughtUp, CancellationToken cancellationToken)
    {
        var config = kafka.Value.ApplyTo(new ConsumerConfig
        {
            GroupId = "streams.registry", EnableAutoCommit = false, EnablePartitionEof = true, AutoOffsetReset = AutoOffsetReset.Earliest,
        });
        using var consumer = new ConsumerBuilder<byte[], byte[]?>(config).SetLogHandler((_, message) => LogClient(logger, message.Message)).Build();
        consumer.Assign(new TopicPartitionOffset(Partition, Offset.Beginning));
        while (!cancellationToken.IsCancellationRequested)
        {
            var record = Next(consumer);
            if (record is { IsPartitionEOF: true })
            {
                caughtUp();
            }
            else if (record?.Message.Key is { } key)
            {
                apply(record.Offset, new LogRecord(Json(key)!, Json(record.Message.Value)));
            }
        }
    }

    private ConsumeResult<byte[], byte[]?>? Next(IConsumer<byte[], byte[]?> consumer)
    {
        try
        {
            return consumer.Consume(TimeSpan.FromMilliseconds(100));
        }
        catch (ConsumeException exception)
        {
            LogUnreachable(logger, exception.Error.Reason);
            return null;
        }
    }

    private async Task CreateTopicAsync(CancellationToken cancellationToken)
    {
        using var admin = new AdminClientBuilder(kafka.Value.ApplyTo(new AdminClientConfig())).SetLogHandler((_, message) => LogClient(logger, message.Message)).Build();
        var specification = new TopicSpecification
        {
            Name = Topic, NumPartitions = 1, Configs = new() { ["cleanup.policy"] = "compact" },
        };
        while (true)
        {
            try
            {
                await admin.CreateTopicsAsync([specification], new CreateTopicsOptions { OperationTimeout = TimeSpan.FromSeconds(5), RequestTimeout = TimeSpan.FromSeconds(5) });
                return;
            }
            catch (CreateTopicsException exception) when (exception.Results.All(result => result.Error.Code == ErrorCode.TopicAlreadyExists))
            {
                return;
            }
            catch (KafkaException exception)
            {
                LogUnreachable(logger, exception.Error.Reason);
                await Task.Delay(RetryAfter, clock, cancellationToken);
            }
        }
    }

    private static byte[]? Bytes(JsonObject? json) => json is null ? null : System.Text.Encoding.UTF8.GetBytes(json.ToJsonString());

    private static JsonObject? Json(byte[]? bytes) => bytes is null ? null : JsonNode.Parse(bytes)!.AsObject();

    [LoggerMessage(6100, LogLevel.Warning, "STR6101 Kafka does not answer, the schema log is tried again: {Reason}")]
    private static partial void LogUnreachable(ILogger logger, string reason);

    [LoggerMessage(6101, LogLevel.Debug, "Kafka client: {Message}")]
    private static partial void LogClient(ILogger logger, string message);
}
