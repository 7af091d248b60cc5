using Streams.Core.Errors;
using Streams.Local.Servers;

namespace Streams.Cli.Stack;

/// <summary>Starts one part again when it dies, on the same data and port; waits longer each time it fails at once.</summary>
internal sealed class Supervisor(LocalServer part, Action restarted, Action<string> say, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await part.WaitForExitAsync(cancellationToken);
                cancellationToken.ThrowIfCancellationRequested();
                say($"{part.Name} has died; it is started again. Its log: {part.LogPath}");
                await Task.Delay(pause, time, cancellationToken);
                await part.StartAsync(cancellationToken);
                restarted();
                pause = FirstPause;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (StreamsException exception)
            {
                say(exception.Message);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
                await Task.Delay(pause, time, CancellationToken.None);
            }
        }
    }
}
