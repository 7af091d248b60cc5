using Streams.Fixtures;

namespace Streams.EndToEnd.Tests;

/// <summary>One committed change → its keys are gone, whoever made it and however.</summary>
[Collection(StackCollection.Name)]
public sealed class InvalidationTests(StackFixture stack)
{
    [RequiresKafkaFact]
    public async Task Given_a_cached_product_When_it_changes_over_HTTP_Then_its_key_and_the_lists_it_is_in_are_gone()
    {
        var shop = await stack.NewShopAsync();
        await shop.CacheProductAsync();
        await shop.CacheListAsync(shop.Category);

        await shop.ChangePriceOverHttpAsync(2.50m);

        await stack.GoneAsync(shop.ProductKey);
        await shop.ListGoneAsync(shop.Category);
        Assert.Contains("2.50", await shop.ReadProductAsync(), StringComparison.Ordinal);
    }

    [RequiresKafkaFact]
    public async Task Given_a_cached_product_When_psql_changes_it_past_the_API_Then_its_key_is_gone()
    {
        var shop = await stack.NewShopAsync();
        await shop.CacheProductAsync();

        await stack.SqlAsync($"UPDATE product SET price = 3.75 WHERE id = {shop.Product}");

        await stack.GoneAsync(shop.ProductKey);
        Assert.Contains("3.75", await shop.ReadProductAsync(), StringComparison.Ordinal);
    }

    [RequiresKafkaFact]
    public async Task Given_a_product_in_a_list_When_it_moves_to_another_category_Then_the_old_and_the_new_list_are_gone()
    {
        var shop = await stack.NewShopAsync();
        await shop.CacheListAsync(shop.Category);
        await shop.CacheListAsync(shop.OtherCategory);

        await stack.SqlAsync($"UPDATE product SET category_id = {shop.OtherCategory} WHERE id = {shop.Product}");

        await shop.ListGoneAsync(shop.Category);
        await shop.ListGoneAsync(shop.OtherCategory);
        Assert.DoesNotContain(shop.Sku, await shop.ReadListAsync(shop.Category), StringComparison.Ordinal);
        Assert.Contains(shop.Sku, await shop.ReadListAsync(shop.OtherCategory), StringComparison.Ordinal);
    }

    [RequiresKafkaFact]
    public async Task Given_a_cached_product_When_its_primary_key_changes_Then_the_old_and_the_new_key_are_gone()
    {
        var shop = await stack.NewShopAsync();
        var moved = shop.Product + 1_000_000_000;
        await shop.CacheProductAsync();
        Assert.Equal(404, await shop.StatusOfProductAsync(moved));

        await stack.SqlAsync($"UPDATE product SET id = {moved} WHERE id = {shop.Product}");

        await stack.GoneAsync(shop.ProductKey);
        await stack.EventuallyAsync(async () => await shop.StatusOfProductAsync(moved) == 200, "the moved product is read under its new key");
        Assert.Equal(404, await shop.StatusOfProductAsync(shop.Product));
    }

    [RequiresKafkaFact]
    public async Task Given_a_cached_product_When_it_is_deleted_Then_its_key_is_gone_and_the_read_answers_404()
    {
        var shop = await stack.NewShopAsync();
        await shop.CacheProductAsync();

        await stack.SqlAsync($"DELETE FROM product WHERE id = {shop.Product}");

        await stack.GoneAsync(shop.ProductKey);
        Assert.Equal(404, await shop.StatusOfProductAsync(shop.Product));
    }

    [RequiresKafkaFact]
    public async Task Given_cached_payments_of_an_order_When_the_table_is_truncated_Then_every_order_read_shows_it()
    {
        var shop = await stack.NewShopAsync();
        var order = await shop.NewPaidOrderAsync();
        await stack.CachedAsync(() => shop.ReadOrderAsync(order), $"order:{order}");

        await stack.SqlAsync("TRUNCATE payment");

        await stack.EventuallyAsync(async () => !(await shop.ReadOrderAsync(order)).Contains("77.01", StringComparison.Ordinal), "the order without its payment");
    }

    [RequiresKafkaFact]
    public async Task Given_many_cached_products_When_one_transaction_changes_all_Then_all_their_keys_are_gone()
    {
        var shop = await stack.NewShopAsync();
        var products = await shop.AddProductsAsync(300);
        foreach (var product in products)
        {
            await stack.CachedAsync(() => shop.ReadProductAsync(product), $"product:{product}");
        }

        await stack.SqlAsync($"UPDATE product SET price = price + 1 WHERE category_id = {shop.Category}");

        foreach (var product in products)
        {
            await stack.GoneAsync($"product:{product}");
        }
    }

    [RequiresKafkaFact]
    public async Task Given_a_cached_product_When_a_transaction_that_changed_it_rolls_back_Then_its_key_stays()
    {
        var shop = await stack.NewShopAsync();
        await shop.CacheProductAsync();

        await stack.SqlAsync($"BEGIN; UPDATE product SET price = 99 WHERE id = {shop.Product}; ROLLBACK");
        // A later change of another row has gone all the way: whatever the rolled-back one would have caused is applied by now.
        var other = (await shop.AddProductsAsync(1))[0];
        await stack.CachedAsync(() => shop.ReadProductAsync(other), $"product:{other}");
        await stack.SqlAsync($"UPDATE product SET price = 98 WHERE id = {other}");
        await stack.GoneAsync($"product:{other}");

        Assert.True(await stack.ExistsAsync(shop.ProductKey));
    }
}
