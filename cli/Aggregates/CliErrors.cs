using Streams.Core.Errors;

namespace Streams.Cli.Aggregates;

/// <summary>STR7030–STR7039: what commands about aggregates say.</summary>
public static class CliErrors
{
    /// <summary>No such aggregate.</summary>
    public static readonly StreamsError UnknownAggregate = new("STR7030", ErrorKind.Permanent, "There is no such aggregate", "Declare it under aggregates: in streams.yaml, or correct the name");

    /// <summary>No epoch is live.</summary>
    public static readonly StreamsError NotLive = new("STR7031", ErrorKind.Transient, "The aggregate is not live yet", "Wait until streams agg list says so; the log of stream-processors tells what it waits for");

    /// <summary>The pipeline does not come to where SQL was asked.</summary>
    public static readonly StreamsError VerifyTimeout = new("STR7032", ErrorKind.Transient, "The pipeline did not come to where SQL was asked", "Look at streams agg list and at the connector; raise --timeout for a long backlog");

    /// <summary>Kafka does not answer a command.</summary>
    public static readonly StreamsError KafkaUnreachable = new("STR7033", ErrorKind.Transient, "Kafka does not answer", "Start it (./streams up does), or correct STREAMS__KAFKA__BOOTSTRAPSERVERS");
}
