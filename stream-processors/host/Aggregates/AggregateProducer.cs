using Confluent.Kafka;
using Streams.Core.Errors;
using Streams.Hosting.Options;

namespace Streams.Processors.Host.Aggregates;

/// <summary>Writes what the stages say: in order, idempotently, for as long as it takes.</summary>
internal sealed class AggregateProducer(KafkaOptions kafka) : IDisposable
{
    private readonly IProducer<byte[]?, byte[]?> _producer = new ProducerBuilder<byte[]?, byte[]?>(kafka.ApplyTo(new ProducerConfig
    {
        ClientId = "streams-aggregates",
        EnableIdempotence = true,
        Acks = Acks.All,
        LingerMs = 2,
        MessageTimeoutMs = 0,
        CompressionType = CompressionType.Lz4,
        QueueBufferingMaxMessages = 500_000,
    })).SetErrorHandler((_, _) => { }).Build();

    /// <summary>Hands a record over; the flight counts its acknowledgement.</summary>
    public void Send(string topic, int partition, Message<byte[]?, byte[]?> message, Flight flight)
    {
        flight.Sent();
        while (true)
        {
            try
            {
                _producer.Produce(new TopicPartition(topic, partition), message, flight.Reported);
                return;
            }
            catch (ProduceException<byte[]?, byte[]?> exception) when (exception.Error.Code == ErrorCode.Local_QueueFull)
            {
                _producer.Poll(TimeSpan.FromMilliseconds(50));
            }
            catch (ProduceException<byte[]?, byte[]?> exception)
            {
                flight.Fail(exception.Error, topic);
                return;
            }
        }
    }

    public void Dispose() => _producer.Dispose();
}

/// <summary>Records that are acknowledged together. Sent on one thread, acknowledged on the producer's.</summary>
internal sealed class Flight
{
    private int _outstanding;
    private long _highest = -1;
    private volatile StreamsException? _failure;

    /// <summary>Whether everything is acknowledged.</summary>
    /// <exception cref="StreamsException">A record could not be written: the task begins anew from its store.</exception>
    public bool IsDone => _failure is { } failure ? throw failure : Volatile.Read(ref _outstanding) == 0;

    /// <summary>Highest offset acknowledged; -1: none.</summary>
    public long Highest => Interlocked.Read(ref _highest);

    public void Sent() => Interlocked.Increment(ref _outstanding);

    public void Reported(DeliveryReport<byte[]?, byte[]?> report)
    {
        if (report.Error.IsError)
        {
            Fail(report.Error, report.Topic);
            return;
        }

        long seen;
        while ((seen = Interlocked.Read(ref _highest)) < report.Offset.Value && Interlocked.CompareExchange(ref _highest, report.Offset.Value, seen) != seen)
        {
            // Somebody else has raised it meanwhile.
        }

        Interlocked.Decrement(ref _outstanding);
    }

    public void Fail(Error error, string topic) => _failure = error.Code switch
    {
        ErrorCode.Local_UnknownTopic or ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownPartition => ProcessorErrors.TopicMissing.With($"'{topic}'."),
        _ when KafkaFault.IsRefusal(error.Code) => ProcessorErrors.KafkaRefused.With($"'{topic}': {error.Reason} ({error.Code})."),
        _ => ProcessorErrors.OutputFailed.With($"'{topic}': {error.Reason} ({error.Code})."),
    };
}
