using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Streams.Core.Errors;
using Streams.Registry.Store;

namespace Streams.Registry;

/// <summary>
/// Keeps the store on the log's heels. When the log cannot be read the store serves nothing, the reason is logged once, and it is tried again
/// with a growing pause.
/// </summary>
internal sealed partial class LogFollower(RegistryStore store, TimeProvider clock, ILogger<LogFollower> logger) : BackgroundService
{
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = PauseMin;
        string? said = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await store.FollowAsync((offset, cause) => LogUnreadable(RegistryErrors.LogRecordUnreadable.Code, offset, cause), stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (StreamsException exception)
            {
                store.Fail(exception);
                if (said != exception.Error.Code)
                {
                    LogUnavailable(exception.Message);
                    said = exception.Error.Code;
                }
            }

            await Task.Delay(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < PauseMax ? pause * 2 : PauseMax;
        }
    }

    [LoggerMessage(6100, LogLevel.Error, "{Reason}")]
    private partial void LogUnavailable(string reason);

    [LoggerMessage(6101, LogLevel.Error, "{Code}: a record of the registry's topic cannot be read and is passed over, offset {Offset}")]
    private partial void LogUnreadable(string code, long offset, Exception cause);
}
