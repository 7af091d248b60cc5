namespace Streams.Cli.Soak;

/// <summary>Reads hot rows and lists through the API, which fills the cache.</summary>
internal sealed class SoakReader(SoakShop shop, HttpClient api, SoakTally tally, Random random)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var response = await api.GetAsync(Path(), stop);
                if ((int)response.StatusCode >= 500)
                {
                    tally.ReadFailed();
                }
                else
                {
                    tally.Read(response.Headers.TryGetValues("Cache-Status", out var status) && status.Any(value => value.Contains("; hit", StringComparison.Ordinal)));
                }

                await Task.Delay(Pause, TimeProvider.System, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
            {
                tally.ReadFailed();
            }
        }
    }

    private string Path() => random.Next(10) switch
    {
        < 6 => $"/v1/products/{Pick(shop.Products)}",
        < 8 => $"/v1/orders/{Pick(shop.Orders)}",
        _ => $"/v1/categories/{Pick(shop.Categories)}/products",
    };

    private long Pick(long[] ids) => ids[random.Next(ids.Length)];
}
