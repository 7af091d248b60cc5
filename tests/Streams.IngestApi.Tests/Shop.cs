using System.Globalization;
using System.Net;
using Streams.Fixtures;

namespace Streams.IngestApi.Tests;

/// <summary>Rows to test with, made through the API.</summary>
internal sealed class Shop(HttpClient client)
{
    public Task<long> CategoryAsync() => CreateAsync("categories", """{"name":"c"}""");

    public Task<long> StoreAsync() => CreateAsync("stores", """{"name":"s"}""");

    public Task<long> CustomerAsync() => CreateAsync("customers", $$"""{"name":"n","email":"{{Unique.Name("mail")}}@example.org"}""");

    public Task<long> ProductAsync(long category, decimal price = 1m) => CreateAsync(
        "products",
        $$"""{"sku":"{{Unique.Name("sku")}}","name":"p","price":{{price.ToString(CultureInfo.InvariantCulture)}},"category_id":{{category}}}""");

    public Task<long> OrderAsync(long customer, long product) => CreateAsync(
        "orders", $$"""{"customer_id":{{customer}},"items":[{"product_id":{{product}},"quantity":1}]}""");

    private async Task<long> CreateAsync(string resource, string body) =>
        (await (await client.PostAsync($"/v1/{resource}", body)).ExpectAsync(HttpStatusCode.Created)).Id();
}
