using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using StackExchange.Redis;

namespace Streams.Cli.Demo;

/// <summary>A trickle of writes through the API, each timed from the answer of the write (it is committed) until the cached key is gone from Redis.</summary>
internal sealed class DemoTraffic(HttpClient api, IDatabase redis, TimeProvider time)
{
    private const int ProductCount = 10;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly List<long> _products = [];

    /// <summary>What was measured.</summary>
    public StalenessWindow Staleness { get; } = new();

    /// <summary>First product of the demo.</summary>
    public long FirstProduct => _products[0];

    /// <summary>Makes sure that there is something to change.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        var category = await CreateAsync("/v1/categories", new { name = "Demo" }, cancellationToken);
        for (var i = 0; i < ProductCount; i++)
        {
            var sku = string.Create(CultureInfo.InvariantCulture, $"demo-{category}-{i}");
            _products.Add(await CreateAsync("/v1/products", new { sku, name = $"Demo {i}", price = 10 + i, category_id = category }, cancellationToken));
        }
    }

    /// <summary>Writes until cancelled. A request that fails is counted, not fatal: the stack may be restarting a part.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        for (var round = 0; !cancellationToken.IsCancellationRequested; round++)
        {
            try
            {
                await ChangeAsync(_products[round % _products.Count], round, cancellationToken);
                await Task.Delay(Pause, time, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is HttpRequestException or RedisException or TaskCanceledException or TimeoutException)
            {
                Staleness.Missed();
                await Task.Delay(Pause, time, CancellationToken.None);
            }
        }
    }

    private async Task ChangeAsync(long product, int round, CancellationToken cancellationToken)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/v1/products/{product}");
        using var read = await api.GetAsync(path, cancellationToken);
        using var patch = new HttpRequestMessage(HttpMethod.Patch, path) { Content = JsonContent.Create(new { price = 1 + round % 1000 }) };
        patch.Headers.TryAddWithoutValidation("If-Match", read.Headers.ETag?.ToString());
        var key = string.Create(CultureInfo.InvariantCulture, $"product:{product}");
        var cached = await redis.KeyExistsAsync(key);
        using var written = await api.SendAsync(patch, cancellationToken);
        var since = Stopwatch.GetTimestamp();
        if (!written.IsSuccessStatusCode || !cached)
        {
            // Nothing to see go: the write failed, or the read's fill was refused because its invalidation was still under way.
            Staleness.Missed();
            return;
        }

        await GoneAsync(key, since, cancellationToken);
    }

    private async Task GoneAsync(string key, long since, CancellationToken cancellationToken)
    {
        while (await redis.KeyExistsAsync(key))
        {
            if (Stopwatch.GetElapsedTime(since) > Patience)
            {
                Staleness.Missed();
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(1), time, cancellationToken);
        }

        Staleness.Add(Stopwatch.GetElapsedTime(since));
    }

    private async Task<long> CreateAsync(string path, object body, CancellationToken cancellationToken)
    {
        using var response = await api.PostAsJsonAsync(path, body, cancellationToken);
        response.EnsureSuccessStatusCode();
        using var created = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellationToken), cancellationToken: cancellationToken);
        return created.RootElement.GetProperty("id").GetInt64();
    }
}
