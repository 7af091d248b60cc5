using Microsoft.Extensions.Logging;

namespace Streams.Processors.Host;

internal static partial class Log
{
    [LoggerMessage(3100, LogLevel.Warning, "Waiting for {Dependency}, again in {Seconds} s: {Reason}")]
    public static partial void Waiting(ILogger logger, string dependency, string reason, double seconds);

    [LoggerMessage(3101, LogLevel.Information, "Processing {Topics} in group {Group} into {Lanes} lanes")]
    public static partial void Processing(ILogger logger, string topics, string group, int lanes);

    [LoggerMessage(3102, LogLevel.Information, "Assigned {Partitions}")]
    public static partial void Assigned(ILogger logger, string partitions);

    [LoggerMessage(3103, LogLevel.Information, "No longer mine: {Partitions}")]
    public static partial void Revoked(ILogger logger, string partitions);

    [LoggerMessage(3104, LogLevel.Error, "Parked {Topic} [{Partition}] @{Offset}, all values of its table are invalidated: {Reason}")]
    public static partial void Parked(ILogger logger, string topic, int partition, long offset, string reason);

    [LoggerMessage(3105, LogLevel.Warning, "Kafka: {Reason}")]
    public static partial void Kafka(ILogger logger, string reason);

    [LoggerMessage(3106, LogLevel.Error, "{Reason}")]
    public static partial void ChangesLost(ILogger logger, string reason);

    [LoggerMessage(3107, LogLevel.Warning, "{Topic} [{Partition}] @{Offset} again in {Seconds} s: {Reason}")]
    public static partial void Again(ILogger logger, string topic, int partition, long offset, double seconds, string reason);

    [LoggerMessage(3110, LogLevel.Information, "Aggregate {Name}: epoch {Epoch} is begun ({Reason})")]
    public static partial void Begun(ILogger logger, string name, long epoch, string reason);

    [LoggerMessage(3111, LogLevel.Information, "Aggregate {Name}: epoch {Epoch} is live")]
    public static partial void Live(ILogger logger, string name, long epoch);

    [LoggerMessage(3113, LogLevel.Information, "Aggregate {Name}: the snapshot of epoch {Epoch} is in the log")]
    public static partial void Filled(ILogger logger, string name, long epoch);

    [LoggerMessage(3115, LogLevel.Warning, "The connector has forgotten an incremental snapshot, as it may when it is started again: what waited for it asks anew")]
    public static partial void GivenUp(ILogger logger);

    [LoggerMessage(3116, LogLevel.Warning, "Aggregate {Name}: the partials are there from {Low} to {High}, its store was at {Position} and is built again by a resync")]
    public static partial void PartialsLost(ILogger logger, string name, long position, long low, long high);

    [LoggerMessage(3112, LogLevel.Error, "Aggregate {Name} stands still: {Reason}")]
    public static partial void Stands(ILogger logger, string name, string reason);
}
