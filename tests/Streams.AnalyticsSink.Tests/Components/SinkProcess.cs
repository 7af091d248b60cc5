using Streams.Fixtures;
using Streams.Local.Processes;

namespace Streams.AnalyticsSink.Tests.Components;

/// <summary>The sink as a process of its own, to be killed.</summary>
internal sealed class SinkProcess : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private SinkProcess(ChildProcess process) => _process = process;

    public static async Task<SinkProcess> StartAsync(string log, IEnumerable<string> settings) => new(
        await ChildProcess.StartAsync(new ChildCommand("dotnet", [typeof(Program).Assembly.Location, .. settings], log)));

    public async Task KillAsync()
    {
        Assert.True(_process.ExitCode is null, _process.LogTail());
        _process.Send(Signals.Kill);
        await Eventually.Async(() => _process.ExitCode is not null, TimeSpan.FromSeconds(20), "the process is gone");
    }

    public async Task<int> ExitAsync()
    {
        await Eventually.Async(() => _process.ExitCode is not null, TimeSpan.FromSeconds(30), $"the process ends: {_process.LogTail()}");
        return _process.ExitCode!.Value;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Send(Signals.Kill);
        await Eventually.Async(() => _process.ExitCode is not null, TimeSpan.FromSeconds(20), "the process is gone");
        _process.Dispose();
    }
}
