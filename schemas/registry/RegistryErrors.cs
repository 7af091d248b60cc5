using Streams.Core.Errors;

namespace Streams.Registry;

/// <summary>Errors of the registry service: STR61xx. Answers to clients carry Confluent's numbers; see <see cref="RegistryException"/>.</summary>
public static class RegistryErrors
{
    /// <summary>Not read yet, or Kafka does not answer.</summary>
    public static readonly StreamsError LogUnreachable = new(
        "STR6101", ErrorKind.Transient, "The registry's topic cannot be reached", "Start Kafka or correct Streams:Kafka:BootstrapServers; it is tried again by itself");

    /// <summary>It would lose schemas.</summary>
    public static readonly StreamsError LogMisconfigured = new(
        "STR6102", ErrorKind.Permanent, "The registry's topic has the wrong settings", "Give the topic one partition and cleanup.policy=compact");

    /// <summary>Somebody else wrote to it.</summary>
    public static readonly StreamsError LogConflict = new(
        "STR6103", ErrorKind.Permanent, "The registry's topic contradicts itself", "Run one registry per topic: stop the other, then delete the version that came second");

    /// <summary>A record that means nothing.</summary>
    public static readonly StreamsError LogRecordUnreadable = new(
        "STR6104", ErrorKind.Poison, "A record of the registry's topic cannot be read", "It was passed over; look at it at the offset given");
}
