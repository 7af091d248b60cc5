using Npgsql;
using StackExchange.Redis;
using Streams.Cli.Stack;
using Streams.Core.Rules;

namespace Streams.Cli.Soak;

/// <summary>What a soak found.</summary>
public sealed record SoakResult(SoakTally Tally, SoakFindings Findings, TimeSpan QuietAfter)
{
    /// <summary>No stale value, no missed own write, and something was really looked at.</summary>
    public bool Passed => Findings is { Checked: > 0, Stale.Count: 0 } && Tally is { OwnWritesMissed: 0, Writes: > 0, Hits: > 0 };
}

/// <summary>One soak against a running stack: load and faults, then quiet, then the comparison.</summary>
internal sealed class SoakRun(SoakOptions options, Endpoints stack, StreamsDefinition definition, Action<string> say)
{
    private static readonly TimeSpan QuietLimit = TimeSpan.FromMinutes(3);

    public async Task<SoakResult> RunAsync(CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(Addresses.Npgsql(stack["postgres"].Address));
        await using var redis = await ConnectionMultiplexer.ConnectAsync(Addresses.Redis(stack["redis"].Address) + ",abortConnect=false,allowAdmin=true");
        using var api = new HttpClient { BaseAddress = new Uri(stack["ingest-api"].Address), Timeout = TimeSpan.FromSeconds(20) };
        var shop = await SoakShop.CreateAsync(source, options.HotRows, cancellationToken);
        var tally = new SoakTally();

        await LoadAsync(shop, source, redis, api, tally, cancellationToken);

        say("quiet: waiting until the pipeline has nothing left");
        var since = TimeProvider.System.GetTimestamp();
        await MarkAsync(shop, source, redis.GetDatabase(), api, cancellationToken);
        var topics = definition.Source.Tables.Where(table => table is "public.product" or "public.orders" or "public.order_item")
            .Select(table => $"{definition.Source.Prefix}.{table}").ToList();
        await new QuietPipeline(stack["kafka"].Address, redis.GetDatabase()).WaitAsync(topics, QuietLimit, cancellationToken);
        var quietAfter = TimeProvider.System.GetElapsedTime(since);
        await ReadEverythingAsync(shop, api, cancellationToken);
        var findings = await new SoakVerdict(definition, redis.GetDatabase(), source).CheckAsync(cancellationToken);
        return new SoakResult(tally, findings, quietAfter);
    }

    private async Task LoadAsync(
        SoakShop shop, NpgsqlDataSource source, IConnectionMultiplexer redis, HttpClient api, SoakTally tally, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stop.CancelAfter(options.Duration);
        var work = new List<Task> { new SoakFaults(options, redis, tally, say).RunAsync(stop.Token), ReportAsync(tally, stop.Token) };
        work.AddRange(Enumerable.Range(0, options.Writers)
            .Select(i => new SoakWriter(shop, source, api, tally, new Random(options.Seed * 1000 + i)).RunAsync(stop.Token)));
        work.AddRange(Enumerable.Range(0, options.Readers)
            .Select(i => new SoakReader(shop, api, tally, new Random(options.Seed * 1000 + 500 + i)).RunAsync(stop.Token)));
        await Task.WhenAll(work);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task ReportAsync(SoakTally tally, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(10), TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                say($"{tally.Writes} writes, {tally.Reads} reads ({tally.Hits} hits, {tally.ReadErrors} errors), {tally.Kills} kills, {tally.Flushes} flushes");
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
    }

    /// <summary>A last change whose key was cached: when it is gone, the one task of the connector has produced everything committed before it.</summary>
    private static async Task MarkAsync(SoakShop shop, NpgsqlDataSource source, IDatabase redis, HttpClient api, CancellationToken cancellationToken)
    {
        var marker = shop.Products[0];
        var key = $"product:{marker}";
        var deadline = TimeProvider.System.GetUtcNow() + QuietLimit;
        while (!await redis.KeyExistsAsync(key))
        {
            await api.GetStringAsync($"/v1/products/{marker}", cancellationToken);
            Require(deadline, "the marker was never cached");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken);
        }

        await using var command = source.CreateCommand($"UPDATE product SET price = price + 1 WHERE id = {marker}");
        await command.ExecuteNonQueryAsync(cancellationToken);
        while (await redis.KeyExistsAsync(key))
        {
            Require(deadline, "the marker's key did not go");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>So that not only what happened to be left is compared.</summary>
    private static async Task ReadEverythingAsync(SoakShop shop, HttpClient api, CancellationToken cancellationToken)
    {
        var paths = shop.Products.Select(id => $"/v1/products/{id}")
            .Concat(shop.Orders.Select(id => $"/v1/orders/{id}"))
            .Concat(shop.Categories.Select(id => $"/v1/categories/{id}/products"));
        foreach (var path in paths)
        {
            await api.GetStringAsync(path, cancellationToken);
        }
    }

    private static void Require(DateTimeOffset deadline, string what)
    {
        if (TimeProvider.System.GetUtcNow() > deadline)
        {
            throw new TimeoutException($"Not quiet: {what}.");
        }
    }
}
