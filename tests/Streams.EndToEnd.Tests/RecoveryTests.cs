using System.Text;
using Confluent.Kafka;
using Streams.Fixtures;
using Streams.Local.Processes;

namespace Streams.EndToEnd.Tests;

/// <summary>Parts die, lose their state or are handed garbage; no stale value survives and the pipeline goes on.</summary>
[Collection(StackCollection.Name)]
public sealed class RecoveryTests(StackFixture stack)
{
    [RequiresKafkaFact]
    public async Task Given_a_cached_product_When_it_changes_while_the_sink_is_killed_Then_the_restarted_sink_removes_it()
    {
        var shop = await stack.NewShopAsync();
        await shop.CacheProductAsync();

        await stack.KillAsync(StackFixture.Sink, waitUntilReady: false);
        await stack.SqlAsync($"UPDATE product SET price = 5.55 WHERE id = {shop.Product}");

        await stack.GoneAsync(shop.ProductKey);
        Assert.Contains("5.55", await shop.ReadProductAsync(), StringComparison.Ordinal);
    }

    [RequiresKafkaFact]
    public async Task Given_cached_products_When_Redis_is_flushed_Then_reads_stay_right_and_values_are_cached_again()
    {
        var shop = await stack.NewShopAsync();
        await shop.CacheProductAsync();

        await stack.FlushRedisAsync();
        await stack.SqlAsync($"UPDATE product SET price = 6.66 WHERE id = {shop.Product}");

        await stack.EventuallyAsync(async () => (await shop.ReadProductAsync()).Contains("6.66", StringComparison.Ordinal), "the committed price");
        await shop.CacheProductAsync();
        await stack.SqlAsync($"UPDATE product SET price = 7.77 WHERE id = {shop.Product}");
        await stack.GoneAsync(shop.ProductKey);
    }

    [RequiresKafkaFact]
    public async Task Given_two_sinks_When_one_is_killed_Then_the_other_takes_over_its_lanes()
    {
        await using var second = await stack.StartSecondAsync(StackFixture.Sink);
        var shop = await stack.NewShopAsync();
        var products = await shop.AddProductsAsync(32);
        foreach (var product in products)
        {
            await stack.CachedAsync(() => shop.ReadProductAsync(product), $"product:{product}");
        }

        await second.KillAsync();
        await stack.SqlAsync($"UPDATE product SET price = 8.88 WHERE category_id = {shop.Category}");

        foreach (var product in products)
        {
            await stack.GoneAsync($"product:{product}");
        }
    }

    [RequiresKafkaFact]
    public async Task Given_a_record_that_cannot_be_decoded_When_it_arrives_Then_it_is_parked_with_its_cause_and_later_changes_go_through()
    {
        var shop = await stack.NewShopAsync();
        await shop.CacheProductAsync();
        var mark = $"not json {shop.Sku}";

        using (var producer = new ProducerBuilder<byte[], byte[]>(stack.KafkaConfig<ProducerConfig>()).Build())
        {
            await producer.ProduceAsync("shop.public.product", new Message<byte[], byte[]> { Key = [1], Value = Encoding.UTF8.GetBytes(mark) });
        }

        var parked = await stack.FindAsync("streams.processors.dlq", message => Encoding.UTF8.GetString(message.Value) == mark);
        Assert.Equal("shop.public.product", Encoding.UTF8.GetString(parked.Headers.GetLastBytes("__connect.errors.topic")));
        Assert.StartsWith("STR", Encoding.UTF8.GetString(parked.Headers.GetLastBytes("streams.dlq.code")), StringComparison.Ordinal);
        await shop.CacheProductAsync();
        await stack.SqlAsync($"UPDATE product SET price = 9.99 WHERE id = {shop.Product}");
        await stack.GoneAsync(shop.ProductKey);
    }

    [RequiresKafkaFact]
    public async Task Given_the_registry_is_down_When_the_processors_and_the_sink_start_Then_they_wait_for_it_and_lose_nothing()
    {
        var shop = await stack.NewShopAsync();
        await shop.CacheProductAsync();
        // A stopped registry takes connections and answers nothing.
        stack.Signal(StackFixture.Registry, Signals.Stop);
        try
        {
            await stack.KillAsync(StackFixture.Processors, waitUntilReady: false);
            await stack.KillAsync(StackFixture.Sink, waitUntilReady: false);
            await stack.SqlAsync($"UPDATE product SET price = 4.44 WHERE id = {shop.Product}");
            await stack.EventuallyAsync(async () => await stack.ReadyStatusAsync(StackFixture.Processors) == 503, "processors say that they are not ready");
            Assert.True(await stack.ExistsAsync(shop.ProductKey));
        }
        finally
        {
            stack.Signal(StackFixture.Registry, Signals.Continue);
        }

        await stack.GoneAsync(shop.ProductKey);
    }
}
