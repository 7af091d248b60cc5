using System.Globalization;
using System.Net.Http.Json;
using Streams.Fixtures;

namespace Streams.EndToEnd.Tests;

/// <summary>Two categories and a product of its own for one test.</summary>
public sealed class Shop
{
    private readonly StackFixture _stack;

    private Shop(StackFixture stack) => _stack = stack;

    public long Product { get; private set; }

    public long Category { get; private set; }

    public long OtherCategory { get; private set; }

    public string Sku { get; } = Unique.Name("sku");

    public string ProductKey => Key(Product);

    public static async Task<Shop> CreateAsync(StackFixture stack)
    {
        var shop = new Shop(stack);
        shop.Category = await shop.CreateAsync("/v1/categories", new { name = "One" });
        shop.OtherCategory = await shop.CreateAsync("/v1/categories", new { name = "Other" });
        shop.Product = await shop.CreateAsync("/v1/products", new { sku = shop.Sku, name = "Thing", price = 1.25m, category_id = shop.Category });
        return shop;
    }

    public static string Key(long product) => string.Create(CultureInfo.InvariantCulture, $"product:{product}");

    public async Task<long[]> AddProductsAsync(int count)
    {
        var products = new long[count];
        for (var i = 0; i < count; i++)
        {
            products[i] = await CreateAsync("/v1/products", new { sku = Unique.Name("sku"), name = "More", price = 1m, category_id = Category });
        }

        return products;
    }

    public Task CacheProductAsync() => _stack.CachedAsync(ReadProductAsync, ProductKey);

    public Task<string> ReadProductAsync() => ReadProductAsync(Product);

    public Task<string> ReadProductAsync(long product) => _stack.Api.GetStringAsync($"/v1/products/{product}");

    public async Task<int> StatusOfProductAsync(long product)
    {
        using var response = await _stack.Api.GetAsync($"/v1/products/{product}");
        return (int)response.StatusCode;
    }

    public Task<string> ReadListAsync(long category) => _stack.Api.GetStringAsync($"/v1/categories/{category}/products");

    public Task<string> ReadOrderAsync(long order) => _stack.Api.GetStringAsync($"/v1/orders/{order}");

    /// <summary>Reads the list until a page of it is cached.</summary>
    public async Task CacheListAsync(long category)
    {
        await _stack.EventuallyAsync(
            async () =>
            {
                await ReadListAsync(category);
                return await ListIsCachedAsync(category);
            },
            $"the list of category {category} is cached");
    }

    /// <summary>Whether a page of the list is in Redis: the members of the list's tag that exist.</summary>
    public async Task<bool> ListIsCachedAsync(long category)
    {
        var members = await _stack.Redis.SortedSetRangeByRankAsync(Cache.Layout.CacheKeys.Members($"products:category:{category}:*"));
        foreach (var member in members)
        {
            if (await _stack.ExistsAsync((string)member!))
            {
                return true;
            }
        }

        return false;
    }

    public Task ListGoneAsync(long category) =>
        _stack.EventuallyAsync(async () => !await ListIsCachedAsync(category), $"the list of category {category} is gone");

    public async Task ChangePriceOverHttpAsync(decimal price)
    {
        using var current = await _stack.Api.GetAsync($"/v1/products/{Product}");
        using var patch = new HttpRequestMessage(HttpMethod.Patch, $"/v1/products/{Product}") { Content = JsonContent.Create(new { price }) };
        patch.Headers.IfMatch.Add(current.Headers.ETag!);
        using var answer = await _stack.Api.SendAsync(patch);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        Assert.True(answer.Headers.Contains("Streams-Commit"));
    }

    /// <summary>An order of the product with one payment of 77.01.</summary>
    public async Task<long> NewPaidOrderAsync()
    {
        var customer = await CreateAsync("/v1/customers", new { name = "Ann", email = $"{Unique.Name("ann")}@example.com" });
        var order = await CreateAsync("/v1/orders", new { customer_id = customer, items = new[] { new { product_id = Product, quantity = 1 } } });
        await _stack.SqlAsync($"INSERT INTO payment (order_id, amount, method) VALUES ({order}, 77.01, 'card')");
        await _stack.EventuallyAsync(
            async () => (await ReadOrderAsync(order)).Contains("77.01", StringComparison.Ordinal), "the order shows its payment");
        return order;
    }

    private async Task<long> CreateAsync(string path, object body) => (await _stack.PostAsync(path, body)).GetProperty("id").GetInt64();
}
