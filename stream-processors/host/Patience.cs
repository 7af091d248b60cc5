using Microsoft.Extensions.Logging;
using Streams.Core.Errors;

namespace Streams.Processors.Host;

/// <summary>Tries again what fails for a passing reason, and says so in the log and in <c>/readyz</c>. Other failures come through.</summary>
internal sealed class Patience(TimeProvider time, ILogger<Patience> logger)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    public async Task<T> RetryAsync<T>(DependencyCheck check, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        for (var delay = First; ; delay = delay * 2 < Longest ? delay * 2 : Longest)
        {
            try
            {
                var result = await work();
                check.Ready();
                return result;
            }
            catch (StreamsException exception) when (exception.Error.Kind == ErrorKind.Transient)
            {
                check.NotReady(exception.Message);
                Log.Waiting(logger, check.Name, exception.Message, delay.TotalSeconds);
                await Task.Delay(delay, time, cancellationToken);
            }
        }
    }
}
