using Streams.Core.Errors;

namespace Streams.Local;

/// <summary>Errors of the local stack: STR7xxx.</summary>
public static class LocalErrors
{
    /// <summary>A server or service did not come up.</summary>
    public static readonly StreamsError StartFailed = new(
        "STR7001", ErrorKind.Permanent, "A local process did not start", "Read the end of its log, quoted here; the whole log is in the file named");

    /// <summary>A program of the operating system is not installed.</summary>
    public static readonly StreamsError ProgramMissing = new(
        "STR7002", ErrorKind.Permanent, "A program is not installed", "Run ./streams setup, which installs it");

    /// <summary>The jars of Kafka, Connect and Debezium are not there.</summary>
    public static readonly StreamsError KafkaRuntimeMissing = new(
        "STR7003", ErrorKind.Permanent, "The Kafka runtime is not there", "Run scripts/kafka-runtime.sh: it needs Java 17, Maven and Maven Central or a mirror");

    /// <summary>The connector could not be put in place.</summary>
    public static readonly StreamsError ConnectorFailed = new(
        "STR7004", ErrorKind.Permanent, "The connector does not run", "Read the trace quoted here and in Connect's log; mend the cause and run the step again");
}
