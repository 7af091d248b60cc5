using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Streams.Fixtures;
using Streams.Registry;
using Streams.Registry.Log;

namespace Streams.Schemas.Tests.Registry;

/// <summary>A registry on Kestrel at a free port.</summary>
internal sealed class RegistryHarness : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _http;

    private RegistryHarness(WebApplication app)
    {
        _app = app;
        _http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public string Url => _app.Urls.Single();

    public static async Task<RegistryHarness> StartAsync(IRegistryLog? log = null, bool ready = true, params string[] settings)
    {
        var app = RegistryService.Build(["--Streams:Http:Url=http://127.0.0.1:0", .. settings], log);
        await app.StartAsync();
        var harness = new RegistryHarness(app);
        if (ready)
        {
            await harness.ReadyAsync();
        }

        return harness;
    }

    public Task ReadyAsync() =>
        Eventually.Async(async () => (await _http.GetAsync("/readyz")).StatusCode == HttpStatusCode.OK, TimeSpan.FromSeconds(30), "a registry that is ready");

    public async Task<(int Status, JsonElement Body)> SendAsync(string method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            var text = body as string ?? JsonSerializer.Serialize(body);
            request.Content = new StringContent(text, Encoding.UTF8, "application/vnd.schemaregistry.v1+json");
        }

        using var response = await _http.SendAsync(request);
        var answer = await response.Content.ReadAsStringAsync();
        Assert.Equal("application/vnd.schemaregistry.v1+json", response.Content.Headers.ContentType?.MediaType);
        return ((int)response.StatusCode, JsonSerializer.Deserialize<JsonElement>(answer));
    }

    public async Task<int> RegisterAsync(string subject, string schema)
    {
        var (status, body) = await SendAsync("POST", $"/subjects/{subject}/versions", new { schema });
        Assert.True(status == 200, body.ToString());
        return body.GetProperty("id").GetInt32();
    }

    public async Task RefusedAsync(int status, int code, string method, string path, object? body = null)
    {
        var answer = await SendAsync(method, path, body);
        Assert.Equal((status, code), (answer.Status, answer.Body.GetProperty("error_code").GetInt32()));
        Assert.NotEmpty(answer.Body.GetProperty("message").GetString()!);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
