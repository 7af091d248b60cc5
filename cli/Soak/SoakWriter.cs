using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;

namespace Streams.Cli.Soak;

/// <summary>Changes hot rows: mostly past the API, as batch jobs do, sometimes through it, and then reads its own write back.</summary>
internal sealed class SoakWriter(SoakShop shop, NpgsqlDataSource source, HttpClient api, SoakTally tally, Random random)
{
    /// <summary>About 40 changes a second: eight writers keep a two-core machine busy without starving the pipeline.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await ChangeAsync(stop);
                tally.Wrote();
                await Task.Delay(Pause, TimeProvider.System, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure)
            {
                // Two writers met; nothing was committed and the next change follows.
                continue;
            }
        }
    }

    private Task ChangeAsync(CancellationToken stop) => random.Next(100) switch
    {
        < 45 => SqlAsync($"UPDATE product SET price = {Price()} WHERE id = {Product()}", stop),
        < 60 => ThroughApiAsync(stop),
        < 70 => SqlAsync($"UPDATE product SET category_id = {Pick(shop.Categories)} WHERE id = {Product()}", stop),
        < 80 => SqlAsync($"UPDATE orders SET status = CASE status WHEN 'pending' THEN 'paid' ELSE 'pending' END WHERE id = {Order()}", stop),
        < 86 => SqlAsync($"INSERT INTO order_item (order_id, product_id, quantity, unit_price) VALUES ({Order()}, {Product()}, 1, {Price()})", stop),
        < 90 => SqlAsync($"DELETE FROM order_item WHERE order_id = {Order()}", stop),
        < 95 => SqlAsync($"UPDATE product SET price = price + 1 WHERE category_id = {Pick(shop.Categories)}", stop),
        _ => SqlAsync($"BEGIN; UPDATE product SET price = 999999 WHERE id = {Product()}; ROLLBACK", stop),
    };

    private async Task ThroughApiAsync(CancellationToken stop)
    {
        var path = $"/v1/products/{Product()}";
        using var current = await api.GetAsync(path, stop);
        if (current.Headers.ETag is not { } tag)
        {
            return;
        }

        using var patch = new HttpRequestMessage(HttpMethod.Patch, path) { Content = JsonContent.Create(new { price = Price() }) };
        patch.Headers.IfMatch.Add(tag);
        using var written = await api.SendAsync(patch, stop);
        // 412: another writer was faster, which is the point of If-Match.
        if (written.StatusCode != HttpStatusCode.OK || !written.Headers.TryGetValues("Streams-Commit", out var token))
        {
            return;
        }

        using var read = new HttpRequestMessage(HttpMethod.Get, path);
        read.Headers.Add("Streams-Min-Commit", token.First());
        using var own = await api.SendAsync(read, stop);
        if (own.IsSuccessStatusCode && await VersionAsync(own, stop) < await VersionAsync(written, stop))
        {
            tally.MissedOwnWrite();
        }
    }

    private async Task SqlAsync(string sql, CancellationToken stop)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(stop);
    }

    private static async Task<long> VersionAsync(HttpResponseMessage response, CancellationToken stop)
    {
        using var body = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(stop), cancellationToken: stop);
        return body.RootElement.GetProperty("version").GetInt64();
    }

    private int Price() => random.Next(1, 100_000);

    private long Product() => Pick(shop.Products);

    private long Order() => Pick(shop.Orders);

    private long Pick(long[] ids) => ids[random.Next(ids.Length)];
}
