using Streams.Core.Errors;

namespace Streams.Processors.Host;

/// <summary>Faults of the stream processors: STR31xx.</summary>
public static class ProcessorErrors
{
    /// <summary>No broker answers.</summary>
    public static readonly StreamsError KafkaUnreachable = new(
        "STR3101", ErrorKind.Transient, "Kafka does not answer", "Start it or correct Streams:Kafka:BootstrapServers; it is tried again by itself");

    /// <summary>A topic that must exist does not.</summary>
    public static readonly StreamsError TopicMissing = new(
        "STR3102", ErrorKind.Transient, "A topic of the pipeline is missing", "Create it (./streams up does); it is looked for again by itself");

    /// <summary>The partitions of the invalidation topic have changed.</summary>
    public static readonly StreamsError LanesChanged = new(
        "STR3103", ErrorKind.Permanent, "The number of lanes has changed while running", "Stop processors and sinks, begin a new epoch, start them again: keys have moved to other lanes");

    /// <summary>Kafka refuses by configuration or rights.</summary>
    public static readonly StreamsError KafkaRefused = new(
        "STR3104", ErrorKind.Permanent, "Kafka refuses a request", "Check the credentials and ACLs of the processors, and the settings in Streams:Kafka:Client");

    /// <summary>An output could not be written; nothing of it was committed.</summary>
    public static readonly StreamsError OutputFailed = new(
        "STR3105", ErrorKind.Transient, "An output record could not be written", "See the detail; after a restart the change is processed again from its committed offset");

    /// <summary>Changes were removed from the log before they were processed.</summary>
    public static readonly StreamsError ChangesLost = new(
        "STR3106", ErrorKind.Poison, "Changes left the log before they were processed", "All values of the table are invalidated; lengthen the retention of the raw topics");

    /// <summary>The local store of an aggregate's task cannot be used.</summary>
    public static readonly StreamsError StateUnusable = new(
        "STR3111", ErrorKind.Permanent, "The local store of an aggregate cannot be used", "Give every instance a folder of its own (Streams:Processors:StateFolder); a damaged store may be removed, it is built again from the log");

    /// <summary>A record cannot be folded into an aggregate.</summary>
    public static readonly StreamsError Unfoldable = new(
        "STR3112", ErrorKind.Poison, "A record cannot be folded into an aggregate, which stands still until it can", "Mend the row or the column named, then begin a new epoch beyond the record: streams agg backfill NAME --snapshot");

    /// <summary>What an epoch is computed from is not all in the log.</summary>
    public static readonly StreamsError HistoryLost = new(
        "STR3113", ErrorKind.Permanent, "An aggregate's epoch cannot be computed from the log any more", "A new epoch is begun by itself, by a snapshot; lengthen the retention of the raw topics if it comes again");

    /// <summary>The connector does not say when a snapshot is complete.</summary>
    public static readonly StreamsError NotificationsMissing = new(
        "STR3114", ErrorKind.Permanent, "The topic of the connector's notifications is missing", "Set notification.enabled.channels=sink and notification.sink.topic.name=PREFIX.notifications in the connector's configuration");

    /// <summary>Stage 2 was behind what its topic still has.</summary>
    public static readonly StreamsError PartialsLost = new(
        "STR3115", ErrorKind.Transient, "Partials of an aggregate left their topic before they were read", "Its store is built again by itself, by a resync; lengthen the retention of the topic of partials if it comes again");
}
