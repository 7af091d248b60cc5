using Microsoft.Extensions.Logging;
using Streams.InvalidationSink.Supervision;

namespace Streams.InvalidationSink.Host;

internal static partial class Log
{
    [LoggerMessage(4000, LogLevel.Information, "Epoch {Epoch} loaded: {Lanes} lanes in the topic, history {Identity}")]
    public static partial void Loaded(ILogger logger, long epoch, int lanes, string identity);

    [LoggerMessage(4001, LogLevel.Warning, "New epoch {Epoch} because of {Reason}: everything cached before is dead. History {Identity}, topic {Topic}")]
    public static partial void ReFloored(ILogger logger, long epoch, ReFloorReason reason, string identity, string topic);

    [LoggerMessage(4002, LogLevel.Information, "Lanes assigned: {Lanes}")]
    public static partial void Assigned(ILogger logger, string lanes);

    [LoggerMessage(4003, LogLevel.Information, "Barrier passed: lanes {Lanes} have a frontier, fills resume")]
    public static partial void BarrierPassed(ILogger logger, string lanes);

    [LoggerMessage(4004, LogLevel.Warning, "{Dependency}: {Reason}")]
    public static partial void Down(ILogger logger, string dependency, string reason);

    [LoggerMessage(4005, LogLevel.Information, "{Dependency} answers again")]
    public static partial void Up(ILogger logger, string dependency);

    [LoggerMessage(4006, LogLevel.Warning, "Lane {Lane}: reading again from {From}, Redis went back in time")]
    public static partial void Rewound(ILogger logger, int lane, long from);

    [LoggerMessage(4007, LogLevel.Warning, "Parked: {Reason}")]
    public static partial void Parked(ILogger logger, string reason);

    [LoggerMessage(4008, LogLevel.Warning, "Fence tables of {Slots} slots were absent and are restored")]
    public static partial void Restored(ILogger logger, int slots);

    [LoggerMessage(4009, LogLevel.Warning, "Epoch {Epoch} is no longer current: loading again")]
    public static partial void Reloading(ILogger logger, long epoch);

    [LoggerMessage(4010, LogLevel.Error, "{Survivor}")]
    public static partial void Survivor(ILogger logger, string survivor);

    [LoggerMessage(4011, LogLevel.Warning, "Refresh of {Key} failed: {Reason}")]
    public static partial void RefreshFailed(ILogger logger, string key, string reason);

    [LoggerMessage(4012, LogLevel.Debug, "Kafka client: {Message}")]
    public static partial void Client(ILogger logger, string message);
}
