using Streams.Core.Errors;

namespace Streams.Local;

/// <summary>STR7001–STR7009 and STR7020–STR7039 (STR7010–STR7019 are the set-up scripts'): what keeps the local stack from starting or running.</summary>
public static class LocalErrors
{
    /// <summary>A program that the stack runs is not on this machine.</summary>
    public static readonly StreamsError ProgramMissing = new(
        "STR7001", ErrorKind.Permanent, "A program of the local stack is missing", "Run ./streams setup, or install the package that is named");

    /// <summary>The process ended before it answered.</summary>
    public static readonly StreamsError StartFailed = new(
        "STR7002", ErrorKind.Permanent, "A server of the local stack did not start", "Read the log lines above; the whole log is in the file that is named");

    /// <summary>The process runs but does not answer.</summary>
    public static readonly StreamsError NotReady = new(
        "STR7003", ErrorKind.Transient, "A server of the local stack did not become ready in time",
        "Look into its log; on a busy machine try again");

    /// <summary>Another live process holds the folder.</summary>
    public static readonly StreamsError FolderInUse = new(
        "STR7004", ErrorKind.Permanent, "The folder is in use by a stack that runs", "Stop that process first, or give another folder with --dir");

    /// <summary>The saved port is taken.</summary>
    public static readonly StreamsError PortTaken = new(
        "STR7005", ErrorKind.Permanent, "A port that must be kept is taken by another process", "Stop the other process, or remove the port file to take another port");

    /// <summary>A helper command (initdb, format) failed.</summary>
    public static readonly StreamsError CommandFailed = new(
        "STR7006", ErrorKind.Permanent, "A set-up command of the local stack failed", "Read the log lines above");

    /// <summary>No jars of Kafka and Debezium.</summary>
    public static readonly StreamsError RuntimeMissing = new(
        "STR7020", ErrorKind.Permanent, "The jars of Kafka and Debezium are not there", "Run scripts/kafka-runtime.sh (needs Java 17 and Maven)");

    /// <summary>Connect refused a connector's configuration, or its task failed.</summary>
    public static readonly StreamsError ConnectorFailed = new(
        "STR7021", ErrorKind.Permanent, "The connector does not run", "Mend what the trace names (role, publication, slot, tables), then start again");

    /// <summary>A connector file cannot be read or has an unset placeholder.</summary>
    public static readonly StreamsError ConnectorFile = new(
        "STR7022", ErrorKind.Permanent, "A connector file is not usable", "Set the environment variable that the placeholder names, or mend the JSON");
}
