using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Streams.Core.Errors;
using Streams.Core.Rules;

namespace Streams.Hosting;

/// <summary>How a background service stops its host for a reason: the error is logged once and becomes the exit code.</summary>
public sealed class HostFailure(IHostApplicationLifetime lifetime, ILogger<HostFailure> logger)
{
    /// <summary>0 until something failed.</summary>
    public int ExitCode { get; private set; }

    /// <summary>Stops the host because of <paramref name="cause"/>.</summary>
    public void Stop(Exception cause)
    {
        var permanent = cause is RuleMistakesException or StreamsException { Error.Kind: ErrorKind.Permanent or ErrorKind.Result };
        ExitCode = permanent ? StreamsHost.ExitConfiguration : StreamsHost.ExitFailure;
        Log.Stopping(logger, cause.Message, cause);
        lifetime.StopApplication();
    }
}
