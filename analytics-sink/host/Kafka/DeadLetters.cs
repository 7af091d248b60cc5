using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using Streams.Core.Errors;
using Streams.Hosting.Options;

namespace Streams.AnalyticsSink.Host.Kafka;

/// <summary>Parks records: bytes as they were, with the headers that Kafka Connect writes (KIP-298) and ours. Returns after the broker has it.</summary>
internal sealed class DeadLetters(KafkaOptions kafka, AnalyticsSinkOptions options, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly IProducer<byte[], byte[]> _producer = new ProducerBuilder<byte[], byte[]>(
        kafka.ApplyTo(new ProducerConfig { EnableIdempotence = true, Acks = Acks.All, MessageTimeoutMs = 10_000 }))
        .SetLogHandler((_, message) => Log.Client(logger, message.Message))
        .Build();

    private bool _topicExists;

    /// <summary>Parks one record.</summary>
    /// <exception cref="StreamsException">STR3305: the partition may not go on.</exception>
    public async Task ParkAsync(ConsumeResult<byte[], byte[]> record, StreamsException cause, CancellationToken cancellationToken)
    {
        try
        {
            await EnsureTopicAsync();
            var parked = new Message<byte[], byte[]> { Key = record.Message.Key, Value = record.Message.Value, Headers = Headers(record, cause) };
            await _producer.ProduceAsync(options.DeadLetterTopic, parked, cancellationToken);
            Log.Parked(logger, cause.Message);
        }
        catch (KafkaException exception)
        {
            throw AnalyticsErrors.ParkingFailed.With($"{exception.Error.Reason}.", exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _producer.Dispose();

    private Headers Headers(ConsumeResult<byte[], byte[]> record, StreamsException cause)
    {
        var headers = new Headers();
        foreach (var header in record.Message.Headers ?? [])
        {
            headers.Add(header.Key, header.GetValueBytes());
        }

        foreach (var (name, value) in Describe(record, cause))
        {
            headers.Add(name, Encoding.UTF8.GetBytes(value));
        }

        return headers;
    }

    private IEnumerable<(string Name, string Value)> Describe(ConsumeResult<byte[], byte[]> record, StreamsException cause)
    {
        yield return ("__connect.errors.topic", record.Topic);
        yield return ("__connect.errors.partition", record.Partition.Value.ToString(CultureInfo.InvariantCulture));
        yield return ("__connect.errors.offset", record.Offset.Value.ToString(CultureInfo.InvariantCulture));
        yield return ("__connect.errors.connector.name", options.Group);
        yield return ("__connect.errors.stage", cause.Error == AnalyticsErrors.RowRefused ? "TASK_PUT" : "VALUE_CONVERTER");
        yield return ("__connect.errors.exception.class.name", (cause.InnerException ?? cause).GetType().FullName!);
        yield return ("__connect.errors.exception.message", cause.Message);
        yield return ("streams.dlq.code", cause.Error.Code);
        yield return ("streams.dlq.attempts", "1");
        yield return ("streams.dlq.first_seen", time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture));
    }

    private async Task EnsureTopicAsync()
    {
        if (_topicExists)
        {
            return;
        }

        using var admin = new DependentAdminClientBuilder(_producer.Handle).Build();
        try
        {
            // -1: the broker's own default.
            await admin.CreateTopicsAsync([new TopicSpecification { Name = options.DeadLetterTopic, NumPartitions = 1, ReplicationFactor = -1 }]);
        }
        catch (CreateTopicsException exception) when (exception.Results.All(result => result.Error.Code is ErrorCode.TopicAlreadyExists or ErrorCode.NoError))
        {
            Log.Client(logger, $"{options.DeadLetterTopic} exists");
        }

        _topicExists = true;
    }
}
