using StackExchange.Redis;
using Streams.Cli.Stack;
using Streams.Local.Processes;

namespace Streams.Cli.Soak;

/// <summary>Kills the sink by the pid that the endpoints file gives, and flushes Redis; the stack starts a killed service again.</summary>
internal sealed class SoakFaults(SoakOptions options, IConnectionMultiplexer redis, SoakTally tally, Action<string> say)
{
    private const string Sink = "invalidation-sink";

    public Task RunAsync(CancellationToken stop) => Task.WhenAll(KillAsync(stop), FlushAsync(stop));

    private async Task KillAsync(CancellationToken stop)
    {
        while (options.KillEvery > TimeSpan.Zero && await WaitAsync(options.KillEvery, stop))
        {
            if (Endpoints.TryRead(options.Folder)?[Sink] is { } sink && Signals.Send(sink.Pid, Signals.Kill))
            {
                tally.Kills++;
                say($"killed {Sink} (pid {sink.Pid})");
            }
        }
    }

    private async Task FlushAsync(CancellationToken stop)
    {
        var interval = options.Duration / (options.Flushes + 1);
        for (var flush = 0; flush < options.Flushes && await WaitAsync(interval, stop); flush++)
        {
            await redis.GetServers()[0].FlushAllDatabasesAsync();
            tally.Flushes++;
            say("flushed Redis");
        }
    }

    private static async Task<bool> WaitAsync(TimeSpan time, CancellationToken stop)
    {
        try
        {
            await Task.Delay(time, TimeProvider.System, stop);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
