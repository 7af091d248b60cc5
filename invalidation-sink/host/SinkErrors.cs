using Confluent.Kafka;
using Streams.Core.Errors;

namespace Streams.InvalidationSink.Host;

/// <summary>What can go wrong between the sink and Kafka: STR32xx; and what it finds in the cache: STR41xx.</summary>
public static class SinkErrors
{
    /// <summary>No broker answers.</summary>
    public static StreamsError KafkaUnavailable { get; } = new(
        "STR3201", ErrorKind.Transient, "Kafka cannot be reached", "Check Streams:Kafka:BootstrapServers and that the brokers are up; it is tried again");

    /// <summary>The invalidation topic does not exist.</summary>
    public static StreamsError TopicMissing { get; } = new(
        "STR3202", ErrorKind.Transient, "The invalidation topic does not exist", "Start stream-processors, which create it, or create it; it is looked for again");

    /// <summary>The client has given up.</summary>
    public static StreamsError ConsumerFailed { get; } = new(
        "STR3203", ErrorKind.Transient, "The Kafka consumer failed", "See the detail; the consumer is built anew");

    /// <summary>A record that cannot be applied as it stands.</summary>
    public static StreamsError Undecodable { get; } = new(
        "STR3204", ErrorKind.Poison, "An invalidation record cannot be decoded", "Look at the parked record; what it named was invalidated, or everything was");

    /// <summary>A record in a lane that does not own its target.</summary>
    public static StreamsError WrongLane { get; } = new(
        "STR3205", ErrorKind.Poison, "An invalidation record is in the wrong lane", "Produce to the partition that CacheSlot gives for the target; everything was invalidated");

    /// <summary>Parking failed.</summary>
    public static StreamsError ParkingFailed { get; } = new(
        "STR3206", ErrorKind.Transient, "A record could not be parked", "Check the dead-letter topic and its privileges; the lane waits until it is parked");

    /// <summary>The slot is missing, so nothing can be proven.</summary>
    public static StreamsError SlotMissing { get; } = new(
        "STR3207", ErrorKind.Transient, "The replication slot is missing or lost", "Start the connector; reads bypass the cache until the slot is there");

    /// <summary>The auditor found a stale value.</summary>
    public static StreamsError Survivor { get; } = new(
        "STR4101", ErrorKind.Invariant, "A cached value is older than an applied invalidation", "It was removed; report it with the key, offset and transaction named");

    /// <summary>The entry for an error of the client.</summary>
    public static StreamsException Classify(Error error, Exception? inner = null) => error.Code switch
    {
        ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition => TopicMissing.With($"{error.Reason}.", inner),
        _ when error.IsFatal => ConsumerFailed.With($"{error.Reason}.", inner),
        _ => KafkaUnavailable.With($"{error.Code}: {error.Reason}.", inner),
    };
}
