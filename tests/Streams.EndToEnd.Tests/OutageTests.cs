using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Streams.Cli.Stack;
using Streams.Fixtures;
using Streams.Local.Processes;

namespace Streams.EndToEnd.Tests;

/// <summary>Servers that die under load: what was acknowledged arrives when they are back.</summary>
[Collection(StackCollection.Name)]
public sealed class OutageTests(StackFixture stack)
{
    [RequiresKafkaTheory]
    [InlineData("kafka")]
    [InlineData("connect")]
    [InlineData("postgres")]
    [InlineData("redis")]
    public async Task Given_a_server_is_killed_in_flight_When_it_is_back_Then_every_acknowledged_write_has_arrived(string part)
    {
        var shop = await stack.NewShopAsync();
        var products = await shop.AddProductsAsync(8);
        foreach (var product in products)
        {
            await stack.CachedAsync(() => shop.ReadProductAsync(product), Shop.Key(product));
        }

        await KillInFlightAsync(part, shop.Product);
        foreach (var product in products)
        {
            // Until it is acknowledged: the API may be without its database for a while.
            await stack.EventuallyAsync(() => ChangeAsync(product, product + 1000), $"the write to {product} is acknowledged");
        }

        foreach (var product in products)
        {
            await stack.EventuallyAsync(
                () => TryAsync(async () => PriceOf(await shop.ReadProductAsync(product)) == product + 1000 && await stack.ExistsAsync(Shop.Key(product))),
                $"{product} is read as written, and cached");
        }

        // Connections that died with the server are nobody's business after this test.
        stack.Postgres.Clear();
    }

    // Writes without end: whatever the part does with a change, it is doing it when it dies. A transaction of Connect that stays open, say.
    private async Task KillInFlightAsync(string part, long product)
    {
        using var killed = new CancellationTokenSource();
        var acknowledged = 0;
        var writes = Task.Run(async () =>
        {
            for (var price = 1; !killed.IsCancellationRequested; price++)
            {
                acknowledged += await ChangeAsync(product, price) ? 1 : 0;
            }
        });
        await stack.EventuallyAsync(() => Task.FromResult(Volatile.Read(ref acknowledged) > 20), "writes flow");
        await stack.KillAsync(part, waitUntilReady: false);
        await killed.CancelAsync();
        await writes;
    }

    private static async Task<bool> TryAsync(Func<Task<bool>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException or StackExchange.Redis.RedisException)
        {
            return false;
        }
    }

    private static decimal PriceOf(string body)
    {
        using var product = JsonDocument.Parse(body);
        return product.RootElement.GetProperty("price").GetDecimal();
    }

    private async Task<bool> ChangeAsync(long product, long price)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, string.Create(CultureInfo.InvariantCulture, $"/v1/products/{product}")) { Content = JsonContent.Create(new { price }) };
        request.Headers.TryAddWithoutValidation("If-Match", "*");
        return await TryAsync(async () =>
        {
            using var response = await stack.Api.SendAsync(request);
            return response.StatusCode == HttpStatusCode.OK;
        });
    }
}

/// <summary>Services whose servers are not there when they start: they say which, with a code, and wait.</summary>
public sealed class UnreachableTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streams-alone-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("ingest-api", "STR5001")]
    [InlineData("stream-processors", "STR3101")]
    [InlineData("invalidation-sink", "STR")]
    [InlineData("analytics-sink", "STR5001")]
    [InlineData("registry", "STR6101")]
    public async Task Given_no_server_is_there_When_a_service_starts_Then_it_names_them_and_waits(string service, string code)
    {
        var (nowhere, port) = (FreePort(), FreePort());
        using var process = await ChildProcess.StartAsync(new ChildCommand("dotnet", [typeof(Endpoints).Assembly.Location, "run", service], Path.Combine(_folder, "service.log"))
        {
            DeathSignal = Signals.Terminate,
            WorkingDirectory = Repository.Root,
            Environment = new Dictionary<string, string>
            {
                ["STREAMS__HTTP__URL"] = $"http://127.0.0.1:{port}",
                ["STREAMS__KAFKA__BOOTSTRAPSERVERS"] = $"127.0.0.1:{nowhere}",
                ["STREAMS__POSTGRES__CONNECTIONSTRING"] = $"Host=127.0.0.1;Port={nowhere};Database=shop;Username=streams;Timeout=2",
                ["STREAMS__REDIS__CONFIGURATION"] = $"127.0.0.1:{nowhere}",
                ["STREAMS__REGISTRY__URL"] = $"http://127.0.0.1:{nowhere}",
                ["STREAMS__PROCESSORS__STATEFOLDER"] = Path.Combine(_folder, "state"),
            },
        });
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(10) };

        await Eventually.Async(() => SaysAsync(http, code), TimeSpan.FromSeconds(60), $"{service} names {code}");

        Assert.Null(process.ExitCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/livez")).StatusCode);
        await process.StopAsync(Signals.Terminate, TimeSpan.FromSeconds(30), TimeProvider.System, CancellationToken.None);
    }

    private static async Task<bool> SaysAsync(HttpClient http, string code)
    {
        try
        {
            using var response = await http.GetAsync("/readyz");
            return response.StatusCode == HttpStatusCode.ServiceUnavailable && (await response.Content.ReadAsStringAsync()).Contains(code, StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
