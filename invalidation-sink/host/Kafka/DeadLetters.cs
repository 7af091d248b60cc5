using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using Streams.Core.Errors;
using Streams.Hosting.Options;

namespace Streams.InvalidationSink.Host.Kafka;

/// <summary>Parks records: bytes as they were, with the headers that Kafka Connect writes (KIP-298) and ours. Returns after the broker has it.</summary>
internal sealed class DeadLetters(KafkaOptions kafka, string topic, string group, TimeProvider time, ILogger logger) : IDisposable
{
    private const string ConnectPrefix = "__connect.errors.";

    private readonly IProducer<byte[], byte[]> _producer = new ProducerBuilder<byte[], byte[]>(
        kafka.ApplyTo(new ProducerConfig { EnableIdempotence = true, Acks = Acks.All, MessageTimeoutMs = 10_000 }))
        .SetLogHandler((_, message) => Log.Client(logger, message.Message))
        .Build();

    private bool _topicExists;

    /// <summary>Parks one record.</summary>
    /// <exception cref="StreamsException">STR3206: the lane may not go on.</exception>
    public async Task ParkAsync(ConsumeResult<byte[], byte[]> record, StreamsException cause, CancellationToken cancellationToken)
    {
        try
        {
            await EnsureTopicAsync();
            var parked = new Message<byte[], byte[]> { Key = record.Message.Key, Value = record.Message.Value, Headers = Headers(record, cause) };
            await _producer.ProduceAsync(topic, parked, cancellationToken);
        }
        catch (KafkaException exception)
        {
            throw SinkErrors.ParkingFailed.With($"{exception.Error.Reason}.", exception);
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

        Add(ConnectPrefix + "topic", record.Topic);
        Add(ConnectPrefix + "partition", record.Partition.Value.ToString(CultureInfo.InvariantCulture));
        Add(ConnectPrefix + "offset", record.Offset.Value.ToString(CultureInfo.InvariantCulture));
        Add(ConnectPrefix + "connector.name", group);
        Add(ConnectPrefix + "stage", "VALUE_CONVERTER");
        Add(ConnectPrefix + "exception.class.name", (cause.InnerException ?? cause).GetType().FullName!);
        Add(ConnectPrefix + "exception.message", cause.Message);
        Add("streams.dlq.code", cause.Error.Code);
        Add("streams.dlq.attempts", "1");
        Add("streams.dlq.first_seen", time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture));
        return headers;

        void Add(string name, string value) => headers.Add(name, Encoding.UTF8.GetBytes(value));
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
            await admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = 1, ReplicationFactor = -1 }]);
        }
        catch (CreateTopicsException exception) when (exception.Results.All(result => result.Error.Code is ErrorCode.TopicAlreadyExists or ErrorCode.NoError))
        {
            Log.Client(logger, $"{topic} exists");
        }

        _topicExists = true;
    }
}
