using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Streams.Fixtures;
using Streams.Hosting;
using Streams.InvalidationSink.Host;

namespace Streams.InvalidationSink.Tests.Components;

/// <summary>One instance of the sink in this process, seen through its endpoints.</summary>
internal sealed class RunningSink : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _http = new();

    private RunningSink(WebApplication app) => _app = app;

    public static async Task<RunningSink> StartAsync(params string[] settings)
    {
        var app = StreamsHost.Build(InvalidationSinkService.Name, settings, InvalidationSinkService.Add, InvalidationSinkService.Map);
        await app.StartAsync();
        return new RunningSink(app);
    }

    public async Task<JsonElement> StatusAsync() => JsonDocument.Parse(await _http.GetStringAsync($"{_app.Urls.First()}/status")).RootElement;

    public async Task<long?> EpochAsync() => (await StatusAsync()).GetProperty("epoch") is { ValueKind: JsonValueKind.Number } epoch ? epoch.GetInt64() : null;

    public async Task<int> LaneCountAsync() => (await StatusAsync()).GetProperty("lanes").GetArrayLength();

    public async Task<string> MetricsAsync() => await _http.GetStringAsync($"{_app.Urls.First()}/metrics");

    public async Task<(HttpStatusCode Status, string Body)> ReadinessAsync()
    {
        using var answer = await _http.GetAsync($"{_app.Urls.First()}/readyz");
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public async Task ReadyAsync()
    {
        var last = "";
        try
        {
            await Eventually.Async(
                async () =>
                {
                    (var status, last) = await ReadinessAsync();
                    return status == HttpStatusCode.OK;
                },
                TimeSpan.FromSeconds(30),
                "the sink is ready");
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"{exception.Message} {last} {await StatusAsync()}", exception);
        }
    }

    /// <summary>Ready in a later epoch than this one.</summary>
    public async Task ReadyAfterAsync(long epoch)
    {
        await Eventually.Async(async () => await EpochAsync() > epoch, TimeSpan.FromSeconds(30), $"an epoch after {epoch}");
        await ReadyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _http.Dispose();
    }
}
