using Microsoft.Extensions.Logging;

namespace Streams.Hosting;

internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Information, "{Service} listens on {Urls}")]
    public static partial void Listening(ILogger logger, string service, string urls);

    [LoggerMessage(1001, LogLevel.Critical, "Stopping: {Reason}")]
    public static partial void Stopping(ILogger logger, string reason, Exception cause);
}
