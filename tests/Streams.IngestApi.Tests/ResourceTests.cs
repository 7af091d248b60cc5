using System.Net;
using System.Text.Json;
using Streams.Fixtures;

namespace Streams.IngestApi.Tests;

[Collection(ApiCollection.Name)]
public sealed class ResourceTests(ApiFixture fixture)
{
    private readonly Shop _shop = new(fixture.Client);

    [Fact]
    public async Task Given_each_resource_When_created_read_changed_and_deleted_Then_every_answer_agrees()
    {
        var (category, store) = (await _shop.CategoryAsync(), await _shop.StoreAsync());
        var product = await _shop.ProductAsync(category);
        var order = await _shop.OrderAsync(await _shop.CustomerAsync(), product);
        await RoundTripAsync("customers", $$"""{"name":"Ada","email":"{{Unique.Name("ada")}}@example.org"}""", """{"name":"Ada L."}""");
        await RoundTripAsync("categories", """{"name":"Lamps"}""", """{"name":"Lights"}""");
        await RoundTripAsync("products", $$"""{"sku":"{{Unique.Name("s")}}","name":"Lamp","description":null,"price":19.90,"category_id":{{category}}}""", """{"price":18.5,"description":"bright"}""");
        await RoundTripAsync("stores", """{"name":"North","city":"Oslo"}""", """{"city":null}""");
        await RoundTripAsync("inventory", $$"""{"product_id":{{product}},"store_id":{{store}},"quantity":4}""", """{"quantity":3}""");
        await RoundTripAsync("payments", $$"""{"order_id":{{order}},"amount":5,"method":"cash","status":"captured"}""", """{"status":"refunded"}""");
        await RoundTripAsync("orders", $$"""{"customer_id":{{await _shop.CustomerAsync()}},"items":[{"product_id":{{product}},"quantity":2}]}""", """{"status":"paid"}""");
    }

    [Fact]
    public async Task Given_an_order_with_items_and_payments_When_read_Then_it_shows_them_and_their_sum()
    {
        var product = await _shop.ProductAsync(await _shop.CategoryAsync(), price: 2.50m);
        var body = $$"""{"customer_id":{{await _shop.CustomerAsync()}},"items":[{"product_id":{{product}},"quantity":4},{"product_id":{{product}},"quantity":1,"unit_price":1.99}]}""";
        var created = await (await fixture.Client.PostAsync("/v1/orders", body)).ExpectAsync(HttpStatusCode.Created);
        Assert.Equal(11.99m, created.GetProperty("total").GetDecimal());
        await fixture.Client.PostAsync("/v1/payments", $$"""{"order_id":{{created.Id()}},"amount":11.99}""");
        var read = await fixture.Client.GetAsync($"/v1/orders/{created.Id()}");
        var order = await read.ExpectAsync(HttpStatusCode.OK);
        Assert.Equal([2.50m, 1.99m], order.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("unit_price").GetDecimal()));
        Assert.Equal(11.99m, order.GetProperty("payments")[0].GetProperty("amount").GetDecimal());
        Assert.NotEqual(created.GetProperty("version").GetInt64(), order.GetProperty("version").GetInt64());
    }

    [Fact]
    public async Task Given_a_batch_When_one_row_is_refused_Then_none_is_written()
    {
        var category = await _shop.CategoryAsync();
        var sku = Unique.Name("batch");
        var rows = string.Join(',', Enumerable.Range(0, 100).Select(i => $$"""{"sku":"{{sku}}-{{i}}","name":"n","price":1,"category_id":{{category}}}"""));
        var refused = await fixture.Client.PostAsync("/v1/products:batch", $$"""{"items":[{{rows}},{"sku":"{{sku}}-7","name":"n","price":1,"category_id":{{category}}}]}""");
        await refused.ExpectProblemAsync(409, "STR5131");
        Assert.Equal(0, await fixture.SqlAsync<long>($"SELECT count(*) FROM public.product WHERE sku LIKE '{sku}-%'"));

        var created = await fixture.Client.PostAsync("/v1/products:batch", $$"""{"items":[{{rows}}]}""");
        var items = (await created.ExpectAsync(HttpStatusCode.Created)).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{sku}-{i}"), items.Select(item => item.GetProperty("sku").GetString()));
        Assert.NotEmpty(created.Header("Streams-Commit"));
    }

    [Fact]
    public async Task Given_a_row_written_past_the_API_When_read_Then_its_ETag_has_changed()
    {
        var product = await _shop.ProductAsync(await _shop.CategoryAsync());
        var before = (await fixture.Client.GetAsync($"/v1/products/{product}")).Header("ETag");
        await fixture.SqlAsync<long>($"UPDATE public.product SET popularity = 9 WHERE id = {product} RETURNING id");
        Assert.Equal(before, (await fixture.Client.GetAsync($"/v1/products/{product}")).Header("ETag"));
        await fixture.SqlAsync<long>($"UPDATE public.product SET price = price + 1 WHERE id = {product} RETURNING id");
        Assert.NotEqual(before, (await fixture.Client.GetAsync($"/v1/products/{product}")).Header("ETag"));
    }

    private async Task RoundTripAsync(string resource, string create, string patch)
    {
        var created = await fixture.Client.PostAsync($"/v1/{resource}", create);
        var body = await created.ExpectAsync(HttpStatusCode.Created);
        var (path, etag) = (created.Headers.Location!.ToString(), created.Header("ETag"));
        Assert.Equal($"\"{body.GetProperty("version").GetInt64()}\"", etag);

        var read = await fixture.Client.GetAsync(path);
        Assert.Equal(body.GetRawText(), (await read.ExpectAsync(HttpStatusCode.OK)).GetRawText());
        Assert.Equal(etag, read.Header("ETag"));
        Assert.Equal(HttpStatusCode.NotModified, (await fixture.Client.SendAsync(HttpMethod.Get, path, null, ("If-None-Match", etag))).StatusCode);

        // What was read can be sent back as it is.
        var replaced = await fixture.Client.SendAsync(HttpMethod.Put, path, body.GetRawText(), ("If-Match", etag));
        await replaced.ExpectAsync(HttpStatusCode.OK);
        var patched = await fixture.Client.SendAsync(HttpMethod.Patch, path, patch, ("If-Match", replaced.Header("ETag")));
        var after = await patched.ExpectAsync(HttpStatusCode.OK);
        Assert.NotEmpty(patched.Header("Streams-Commit"));
        AssertContains(patch, after);

        Assert.Equal(HttpStatusCode.NoContent, (await fixture.Client.SendAsync(HttpMethod.Delete, path, null, ("If-Match", patched.Header("ETag")))).StatusCode);
        await (await fixture.Client.GetAsync($"{path}")).ExpectProblemAsync(404, "STR5130");
    }

    private static void AssertContains(string patch, JsonElement body)
    {
        using var expected = JsonDocument.Parse(patch);
        Assert.All(expected.RootElement.EnumerateObject(), field => Assert.True(JsonElement.DeepEquals(field.Value, body.GetProperty(field.Name)), field.Name));
    }
}
