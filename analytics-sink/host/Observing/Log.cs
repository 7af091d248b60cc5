using Microsoft.Extensions.Logging;

namespace Streams.AnalyticsSink.Host;

internal static partial class Log
{
    [LoggerMessage(4500, LogLevel.Information, "Writes {Aggregates}")]
    public static partial void Writing(ILogger logger, string aggregates);

    [LoggerMessage(4501, LogLevel.Warning, "{Dependency}: {Reason}")]
    public static partial void Down(ILogger logger, string dependency, string reason);

    [LoggerMessage(4502, LogLevel.Information, "{Dependency} answers again")]
    public static partial void Up(ILogger logger, string dependency);

    [LoggerMessage(4503, LogLevel.Information, "Reading {Partition} from {From}")]
    public static partial void Positioned(ILogger logger, string partition, string from);

    [LoggerMessage(4504, LogLevel.Warning, "Parked: {Reason}")]
    public static partial void Parked(ILogger logger, string reason);

    [LoggerMessage(4505, LogLevel.Warning, "{Topic} was made anew: it is read from its beginning")]
    public static partial void Recreated(ILogger logger, string topic);

    [LoggerMessage(4506, LogLevel.Information, "{Aggregate}: epoch {Epoch} is whole and served from {Relation}")]
    public static partial void Promoted(ILogger logger, string aggregate, long epoch, string relation);

    [LoggerMessage(4507, LogLevel.Information, "{Aggregate}: table {Relation} is made; it is served {When}")]
    public static partial void TableMade(ILogger logger, string aggregate, string relation, string when);

    [LoggerMessage(4508, LogLevel.Information, "{Aggregate}: {Rows} rows of windows that ended before {Before} are deleted")]
    public static partial void Dropped(ILogger logger, string aggregate, int rows, DateTime before);

    [LoggerMessage(4509, LogLevel.Debug, "Kafka client: {Message}")]
    public static partial void Client(ILogger logger, string message);
}
