using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Streams.AnalyticsSink.Host;
using Streams.Fixtures;

namespace Streams.AnalyticsSink.Tests.Components;

/// <summary>One instance of the sink in this process.</summary>
internal sealed class RunningSink : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningSink(WebApplication app) => (_app, Client) = (app, new HttpClient { BaseAddress = new Uri(app.Urls.First()) });

    /// <summary>Its client.</summary>
    public HttpClient Client { get; }

    public static async Task<RunningSink> StartAsync(IEnumerable<string> settings)
    {
        var app = AnalyticsSinkService.Build([.. settings, "--Streams:Http:Url=http://127.0.0.1:0"]);
        await app.StartAsync();
        return new RunningSink(app);
    }

    public async Task<(HttpStatusCode Status, string Body)> ReadinessAsync()
    {
        using var answer = await Client.GetAsync("/readyz");
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>How many partitions it has.</summary>
    public async Task<int> PartitionsAsync() => JsonDocument.Parse(await Client.GetStringAsync("/status")).RootElement.GetProperty("partitions").GetArrayLength();

    /// <summary>Ready, and every partition that it has is read.</summary>
    public async Task ReadyAsync()
    {
        var last = "";
        try
        {
            await Eventually.Async(
                async () => (last = (await ReadinessAsync()).Body).Contains("\"status\":\"ready\"", StringComparison.Ordinal), TimeSpan.FromSeconds(30), "the sink is ready");
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"{exception.Message} {last}", exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
