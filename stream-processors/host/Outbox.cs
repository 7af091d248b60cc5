using Confluent.Kafka;
using Streams.Core.Errors;
using Streams.Hosting.Options;

namespace Streams.Processors.Host;

/// <summary>
/// Writes outputs in the order given, idempotently, acknowledged by all replicas, for as long as it takes: a broker that is away delays, it does not
/// lose. What can never be written stops the host before the offset of its record is committed.
/// </summary>
internal sealed class Outbox : IDisposable
{
    private readonly IProducer<byte[]?, byte[]?> _producer;
    private readonly ProcessorsOptions _options;
    private volatile StreamsException? _failure;
    private int _outstanding;

    public Outbox(KafkaOptions kafka, ProcessorsOptions options, DependencyCheck check)
    {
        _options = options;
        var config = kafka.ApplyTo(new ProducerConfig
        {
            ClientId = "streams-processors",
            EnableIdempotence = true,
            Acks = Acks.All,
            LingerMs = 1,
            MessageTimeoutMs = 0,
            QueueBufferingMaxMessages = 500_000,
        });
        _producer = new ProducerBuilder<byte[]?, byte[]?>(config)
            .SetErrorHandler((_, error) => OnError(error, check))
            .Build();
    }

    /// <summary>Outputs that are not acknowledged.</summary>
    public int Outstanding => Volatile.Read(ref _outstanding);

    /// <exception cref="StreamsException">STR3105: an earlier output could not be written.</exception>
    public void ThrowIfFailed()
    {
        if (_failure is { } failure)
        {
            throw failure;
        }
    }

    public void Send(Outgoing outgoing, PendingRecord record)
    {
        record.Sending();
        Interlocked.Increment(ref _outstanding);
        Produce(
            report => _producer.Produce(new TopicPartition(_options.OutputTopic, outgoing.Lane), outgoing.Message, report),
            error => Failed(error, _options.OutputTopic),
            record);
    }

    public void Park(Message<byte[]?, byte[]?> parked, PendingRecord record)
    {
        record.Sending();
        Interlocked.Increment(ref _outstanding);
        ParkAs(parked, record, error =>
        {
            if (error.Code != ErrorCode.MsgSizeTooLarge || parked.Value is null)
            {
                Failed(error, _options.DeadLetterTopic);
                return;
            }

            ParkAs(DeadLetter.WithoutValue(parked), record, again => Failed(again, _options.DeadLetterTopic));
        });
    }

    /// <summary>Waits until all is acknowledged, at most so long.</summary>
    public void Flush() => _producer.Flush(TimeSpan.FromMilliseconds(_options.DrainTimeoutMs));

    public void Dispose() => _producer.Dispose();

    private void ParkAs(Message<byte[]?, byte[]?> parked, PendingRecord record, Action<Error> failed) =>
        Produce(report => _producer.Produce(_options.DeadLetterTopic, parked, report), failed, record);

    private void Produce(Action<Action<DeliveryReport<byte[]?, byte[]?>>> produce, Action<Error> failed, PendingRecord record)
    {
        try
        {
            produce(report =>
            {
                if (report.Error.IsError)
                {
                    failed(report.Error);
                    return;
                }

                Interlocked.Decrement(ref _outstanding);
                record.Acknowledged();
            });
        }
        catch (ProduceException<byte[]?, byte[]?> exception)
        {
            failed(exception.Error);
        }
    }

    private void Failed(Error error, string topic) => _failure ??= (KafkaFault.IsRefusal(error.Code) ? ProcessorErrors.KafkaRefused : ProcessorErrors.OutputFailed)
        .With($"{topic}: {error.Reason} ({error.Code}).");

    private void OnError(Error error, DependencyCheck check)
    {
        if (error.IsFatal)
        {
            Failed(error, _options.OutputTopic);
        }
        else if (error.Code == ErrorCode.Local_AllBrokersDown)
        {
            check.NotReady(ProcessorErrors.KafkaUnreachable.With(error.Reason).Message);
        }
    }
}
