using System.Net;
using System.Text.Json;
using Streams.Fixtures;
using Streams.Local.Processes;

namespace Streams.Processors.Tests.Host;

/// <summary>A service as a process of its own.</summary>
public sealed class ServiceProcess : IAsyncDisposable
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly ChildProcess _process;

    private ServiceProcess(ChildProcess process, string address) => (_process, Address) = (process, address);

    public string Address { get; }

    public string Log => _process.LogTail();

    public static async Task<ServiceProcess> StartAsync(string folder, string service, int port, params string[] settings)
    {
        var address = $"http://127.0.0.1:{port}";
        var arguments = new[] { typeof(Program).Assembly.Location, service, $"--Streams:Http:Url={address}" }.Concat(settings).ToList();
        var log = Path.Combine(folder, $"{service}-{port}.log");
        return new ServiceProcess(await ChildProcess.StartAsync(new ChildCommand("dotnet", arguments, log)), address);
    }

    public async Task<ServiceProcess> ReadyAsync()
    {
        await Eventually.Async(
            async () => _process.ExitCode is not null || await StatusAsync() == HttpStatusCode.OK, TimeSpan.FromSeconds(60), $"{Address} is ready");
        Assert.True(_process.ExitCode is null, Log);
        return this;
    }

    public async Task<HttpStatusCode?> StatusAsync()
    {
        try
        {
            using var answer = await Http.GetAsync($"{Address}/readyz");
            return answer.StatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }

    public async Task<string> NotReadyAsync()
    {
        await Eventually.Async(async () => await StatusAsync() == HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(30), $"{Address} says that it is not ready");
        using var answer = await Http.GetAsync($"{Address}/readyz");
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return string.Join(", ", body.RootElement.GetProperty("checks").EnumerateArray()
            .Where(check => !check.GetProperty("ready").GetBoolean()).Select(check => check.GetProperty("name").GetString()));
    }

    public async Task<int> ExitAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode!.Value;
    }

    public async Task KillAsync()
    {
        _process.Send(Signals.Kill);
        await ExitAsync();
    }

    public async Task<int> StopAsync()
    {
        _process.Send(Signals.Terminate);
        return await ExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _process.Send(Signals.Kill);
        await ExitAsync();
        _process.Dispose();
    }
}
