using System.Net;
using System.Text.Json;

namespace Streams.IngestApi.Tests;

/// <summary>Journey 7, and what answers say about the cache.</summary>
[Collection(ApiCollection.Name)]
public sealed class CachedReadTests(ApiFixture fixture)
{
    private readonly Shop _shop = new(fixture.Client);

    [Fact]
    public async Task Given_a_product_When_read_twice_Then_the_second_is_a_hit_with_the_same_bytes_and_tag()
    {
        var fence = await FenceInRedis.BeginAsync(fixture);
        var path = $"/v1/products/{await _shop.ProductAsync(await _shop.CategoryAsync())}";
        var (miss, hit) = (await fixture.Client.GetAsync(path), await fixture.Client.GetAsync(path));
        Assert.Matches("^streams; fwd=miss; stored; ttl=[0-9]+", miss.Header("Cache-Status"));
        Assert.Matches("^streams; hit; ttl=[0-9]+$", hit.Header("Cache-Status"));
        Assert.True(hit.Headers.Age < TimeSpan.FromMinutes(1));
        Assert.Equal(await miss.Content.ReadAsStringAsync(), await hit.Content.ReadAsStringAsync());
        Assert.Equal(miss.Header("ETag"), hit.Header("ETag"));
        Assert.True(await fixture.Redis.Connection.GetDatabase().KeyExistsAsync($"product:{path.Split('/')[^1]}"));

        var unchanged = await fixture.Client.SendAsync(HttpMethod.Get, path, null, ("If-None-Match", hit.Header("ETag")));
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        Assert.Contains("hit", unchanged.Header("Cache-Status"), StringComparison.Ordinal);

        await fence.InvalidateAsync($"product:{path.Split('/')[^1]}");
        Assert.Contains("fwd=miss", (await fixture.Client.GetAsync(path)).Header("Cache-Status"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_write_that_is_not_yet_propagated_When_read_with_its_commit_Then_never_the_old_value()
    {
        await FenceInRedis.BeginAsync(fixture);
        var path = $"/v1/products/{await _shop.ProductAsync(await _shop.CategoryAsync())}";
        var etag = (await fixture.Client.GetAsync(path)).Header("ETag");
        var written = await fixture.Client.SendAsync(HttpMethod.Patch, path, """{"price":7.5}""", ("If-Match", etag));
        var commit = written.Header("Streams-Commit");

        // Nothing was invalidated: without the header the old value may still be there, and is.
        Assert.Equal(1m, await PriceAsync(await fixture.Client.GetAsync(path)));
        var own = await fixture.Client.SendAsync(HttpMethod.Get, path, null, ("Streams-Min-Commit", commit));
        Assert.Contains("fwd=bypass", own.Header("Cache-Status"), StringComparison.Ordinal);
        Assert.Equal(7.5m, await PriceAsync(own));

        // It has refilled the cache, so the same read is a hit now, also for everybody else.
        var again = await fixture.Client.SendAsync(HttpMethod.Get, path, null, ("Streams-Min-Commit", commit));
        Assert.Contains("hit", again.Header("Cache-Status"), StringComparison.Ordinal);
        Assert.Equal(7.5m, await PriceAsync(await fixture.Client.GetAsync(path)));
    }

    [Fact]
    public async Task Given_lists_When_their_tag_is_invalidated_Then_every_page_is_read_again()
    {
        var fence = await FenceInRedis.BeginAsync(fixture);
        var (category, customer) = (await _shop.CategoryAsync(), await _shop.CustomerAsync());
        var product = await _shop.ProductAsync(category);
        await _shop.OrderAsync(customer, product);
        foreach (var (path, tag) in new[]
        {
            ($"/v1/categories/{category}/products?limit=1", $"products:category:{category}:*"),
            ($"/v1/categories/{category}/products", $"products:category:{category}:*"),
            ($"/v1/customers/{customer}/orders", $"customer:{customer}:orders:*"),
        })
        {
            Assert.Contains("stored", (await fixture.Client.GetAsync(path)).Header("Cache-Status"), StringComparison.Ordinal);
            Assert.Contains("hit", (await fixture.Client.GetAsync(path)).Header("Cache-Status"), StringComparison.Ordinal);
            await fence.InvalidateAsync(tag);
            Assert.DoesNotContain("hit", (await fixture.Client.GetAsync(path)).Header("Cache-Status"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Given_a_row_that_is_not_there_When_read_twice_Then_both_are_404_and_the_second_is_a_hit()
    {
        await FenceInRedis.BeginAsync(fixture);
        var first = await fixture.Client.GetAsync("/v1/orders/8007199254740993");
        await first.ExpectProblemAsync(404, "STR5130");
        Assert.Contains("stored", first.Header("Cache-Status"), StringComparison.Ordinal);
        var second = await fixture.Client.GetAsync("/v1/orders/8007199254740993");
        await second.ExpectProblemAsync(404, "STR5130");
        // A reader that has just met a new epoch may pass by the cache until it has read its record.
        await Streams.Fixtures.Eventually.Async(
            async () => (await fixture.Client.GetAsync("/v1/orders/8007199254740993")).Header("Cache-Status").Contains("hit", StringComparison.Ordinal),
            TimeSpan.FromSeconds(10),
            "the absence is a hit");
    }

    [Fact]
    public async Task Given_products_and_orders_When_read_written_and_listed_Then_all_bodies_are_the_same()
    {
        var category = await _shop.CategoryAsync();
        var (product, customer) = (await _shop.ProductAsync(category), await _shop.CustomerAsync());
        var single = (await (await fixture.Client.GetAsync($"/v1/products/{product}")).BodyAsync()).GetRawText();
        Assert.Equal(single, await OnlyAsync($"/v1/categories/{category}/products"));
        var order = await _shop.OrderAsync(customer, product);
        var whole = await (await fixture.Client.GetAsync($"/v1/orders/{order}")).BodyAsync();
        using var summary = JsonDocument.Parse(await OnlyAsync($"/v1/customers/{customer}/orders"));
        Assert.All(summary.RootElement.EnumerateObject(), field => Assert.True(JsonElement.DeepEquals(field.Value, whole.GetProperty(field.Name)), field.Name));
    }

    private static async Task<decimal> PriceAsync(HttpResponseMessage response) =>
        (await response.ExpectAsync(HttpStatusCode.OK)).GetProperty("price").GetDecimal();

    private async Task<string> OnlyAsync(string path) =>
        (await (await fixture.Client.GetAsync(path)).BodyAsync()).GetProperty("items").EnumerateArray().Single().GetRawText();
}
