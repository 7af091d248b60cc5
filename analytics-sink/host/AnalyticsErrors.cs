using Confluent.Kafka;
using Streams.Core.Errors;

namespace Streams.AnalyticsSink.Host;

/// <summary>What can go wrong between the analytics sink and Kafka: STR33xx; and in its store: STR505x.</summary>
public static class AnalyticsErrors
{
    /// <summary>No broker answers.</summary>
    public static StreamsError KafkaUnavailable { get; } = new(
        "STR3301", ErrorKind.Transient, "Kafka cannot be reached by the analytics sink", "Check Streams:Kafka:BootstrapServers and that the brokers are up; it is tried again");

    /// <summary>A topic does not exist.</summary>
    public static StreamsError TopicMissing { get; } = new(
        "STR3302", ErrorKind.Transient, "A topic of an aggregate does not exist", "Start stream-processors with the same streams.yaml, which create it; it is looked for again");

    /// <summary>The client has given up.</summary>
    public static StreamsError ConsumerFailed { get; } = new(
        "STR3303", ErrorKind.Transient, "The Kafka consumer of the analytics sink failed", "See the detail; the consumer is built anew");

    /// <summary>A record that is no row.</summary>
    public static StreamsError Undecodable { get; } = new(
        "STR3304", ErrorKind.Poison, "A record of an aggregate cannot be decoded", "Look at the parked record; the row that it stood for is as of the record before");

    /// <summary>Parking failed.</summary>
    public static StreamsError ParkingFailed { get; } = new(
        "STR3305", ErrorKind.Transient, "A record of an aggregate could not be parked", "Check the dead-letter topic and its privileges; the partition waits until it is parked");

    /// <summary>A row that the table refuses.</summary>
    public static StreamsError RowRefused { get; } = new(
        "STR5051", ErrorKind.Poison, "Postgres refuses a row of an aggregate", "Look at the parked record and the SQLSTATE in its headers; the other rows are written");

    /// <summary>The table has been replaced.</summary>
    public static StreamsError Superseded { get; } = new(
        "STR5052", ErrorKind.Permanent, "The table of an aggregate was replaced by that of a newer definition", "Start this instance with the streams.yaml that the others have");

    /// <summary>The view cannot be replaced.</summary>
    public static StreamsError ViewInUse { get; } = new(
        "STR5053", ErrorKind.Transient, "The view of an aggregate cannot be replaced because others depend on it", "Drop the views named in the detail, or make them anew afterwards; the old table is served until then");

    /// <summary>The entry for an error of the client.</summary>
    public static StreamsException Classify(Error error, Exception? inner = null) =>
        error.IsFatal ? ConsumerFailed.With($"{error.Reason}.", inner) : KafkaUnavailable.With($"{error.Code}: {error.Reason}.", inner);
}
