using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Streams.IngestApi.Tests;

[Collection(ApiCollection.Name)]
public sealed partial class PagingTests(ApiFixture fixture)
{
    private readonly Shop _shop = new(fixture.Client);

    [Fact]
    public async Task Given_rows_that_come_and_go_between_pages_When_paged_Then_each_row_that_stays_is_seen_once_and_in_order()
    {
        var category = await _shop.CategoryAsync();
        var ids = new List<long>();
        for (var i = 0; i < 25; i++)
        {
            ids.Add(await _shop.ProductAsync(category));
        }

        var seen = new List<long>();
        var path = $"/v1/categories/{category}/products?limit=4";
        for (var page = 0; path is not null; page++)
        {
            var response = await fixture.Client.GetAsync(path);
            var items = (await response.ExpectAsync(HttpStatusCode.OK)).GetProperty("items").EnumerateArray().ToList();
            Assert.InRange(items.Count, 1, 4);
            seen.AddRange(items.Select(item => item.Id()));
            path = Next(response);
            ids.Add(await _shop.ProductAsync(category));
            if (page == 1)
            {
                // A row that was seen, and one that was not, disappear.
                await DeleteAsync(ids[2]);
                await DeleteAsync(ids[20]);
            }
        }

        ids.RemoveAt(20);
        Assert.Equal(ids.Take(seen.Count), seen);
        Assert.True(seen.Count >= 24, seen.Count.ToString(CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("categories")]
    [InlineData("customers")]
    [InlineData("inventory")]
    [InlineData("orders")]
    public async Task Given_a_list_When_followed_by_its_links_Then_it_equals_one_big_page(string resource)
    {
        var product = await _shop.ProductAsync(await _shop.CategoryAsync());
        for (var i = 0; i < 5; i++)
        {
            await _shop.OrderAsync(await _shop.CustomerAsync(), product);
            await fixture.Client.PostAsync("/v1/inventory", $$"""{"product_id":{{product}},"store_id":{{await _shop.StoreAsync()}},"quantity":1}""");
        }

        var all = (await (await fixture.Client.GetAsync($"/v1/{resource}?limit=500")).BodyAsync()).GetProperty("items").EnumerateArray().Select(item => item.GetRawText());
        var paged = new List<string>();
        for (string? path = $"/v1/{resource}?limit=3"; path is not null;)
        {
            var response = await fixture.Client.GetAsync(path);
            paged.AddRange((await response.BodyAsync()).GetProperty("items").EnumerateArray().Select(item => item.GetRawText()));
            path = Next(response);
        }

        Assert.Equal(all, paged);
    }

    private static string? Next(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Link", out var links) ? LinkNext().Match(links.Single()).Groups[1].Value : null;

    private async Task DeleteAsync(long product)
    {
        var tag = (await fixture.Client.GetAsync($"/v1/products/{product}")).Header("ETag");
        await (await fixture.Client.SendAsync(HttpMethod.Delete, $"/v1/products/{product}", null, ("If-Match", tag))).ExpectAsync(HttpStatusCode.NoContent);
    }

    [GeneratedRegex("""^<([^>]+)>; rel="next"$""")]
    private static partial Regex LinkNext();
}
