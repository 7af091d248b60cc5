using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Streams.Fixtures;

namespace Streams.IngestApi.Tests;

/// <summary>Every 4xx is a problem with a code, and names the fields at fault.</summary>
[Collection(ApiCollection.Name)]
public sealed class BadInputTests(ApiFixture fixture)
{
    private const string Good = "\"sku\":\"s\",\"name\":\"n\",\"price\":1,\"category_id\":1";

    public static TheoryData<string, int, string, string?> Bodies => new()
    {
        { "", 400, "STR5110", null },
        { "{", 400, "STR5110", null },
        { "{} {}", 400, "STR5110", null },
        { """{"sku":"s",}""", 400, "STR5110", null },
        { "{/*c*/}", 400, "STR5110", null },
        { """{"sku":"s","sku":"t"}""", 400, "STR5110", null },
        { """{"s\uD800":1}""", 400, "STR5110", null },
        { new string('[', 100) + new string(']', 100), 400, "STR5110", null },
        { "[]", 400, "STR5111", "" },
        { "null", 400, "STR5111", "" },
        { "\"text\"", 400, "STR5111", "" },
        { "{}", 400, "STR5111", "/sku" },
        { $$"""{{{Good}},"colour":"red"}""", 400, "STR5111", "/colour" },
        { $$"""{{{Good}},"id":7}""", 400, "STR5111", "/id" },
        { $$"""{{{Good}},"Sku":"S"}""", 400, "STR5111", "/Sku" },
        { """{"sku":1,"name":"n","price":1,"category_id":1}""", 400, "STR5111", "/sku" },
        { """{"sku":"s","name":null,"price":1,"category_id":1}""", 400, "STR5111", "/name" },
        { """{"sku":"s","name":"n","price":"1","category_id":1}""", 400, "STR5111", "/price" },
        { """{"sku":"s","name":"n","price":1e400,"category_id":1}""", 400, "STR5111", "/price" },
        { """{"sku":"s","name":"n","price":1,"category_id":1.5}""", 400, "STR5111", "/category_id" },
        { """{"sku":"s","name":"n","price":1,"category_id":99999999999999999999}""", 400, "STR5111", "/category_id" },
        { """{"sku":"s","name":"n","price":1,"category_id":[1]}""", 400, "STR5111", "/category_id" },
        { """{"sku":"\uD800","name":"n","price":1,"category_id":1}""", 400, "STR5111", "/sku" },
        { """{"sku":"","name":"n","price":1,"category_id":1}""", 422, "STR5112", "/sku" },
        { """{"sku":"a\u0000b","name":"n","price":1,"category_id":1}""", 422, "STR5112", "/sku" },
        { """{"sku":"s","name":"n","price":-0.01,"category_id":1}""", 422, "STR5112", "/price" },
        { """{"sku":"s","name":"n","price":1.999,"category_id":1}""", 422, "STR5112", "/price" },
        { """{"sku":"s","name":"n","price":99999999999,"category_id":1}""", 422, "STR5112", "/price" },
        { """{"sku":"s","name":"n","price":1,"category_id":0}""", 422, "STR5112", "/category_id" },
        { """{"sku":"s","name":"n","price":1,"category_id":9223372036854775807}""", 422, "STR5132", "/category_id" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Given_a_bad_body_When_posted_Then_a_problem_names_the_field(string body, int status, string code, string? pointer)
    {
        var problem = await (await fixture.Client.PostAsync("/v1/products", body)).ExpectProblemAsync(status, code);
        var pointers = problem.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("pointer").GetString()).ToList();
        Assert.True(pointer is null ? pointers.Count == 0 : pointers.Contains(pointer), string.Join(' ', pointers));
    }

    [Fact]
    public async Task Given_several_mistakes_When_posted_Then_all_are_told_at_once()
    {
        var problem = await (await fixture.Client.PostAsync(
            "/v1/orders", """{"customer_id":"x","items":[{"product_id":1,"quantity":0,"extra":1},{"quantity":"many"}]}""")).ExpectProblemAsync(400, "STR5111");
        Assert.Equal(
            ["/customer_id", "/items/0/extra", "/items/0/quantity", "/items/1/product_id", "/items/1/quantity"],
            problem.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("pointer").GetString()).Order());
    }

    [Fact]
    public async Task Given_invalid_UTF8_When_posted_Then_a_problem()
    {
        using var content = new ByteArrayContent([.. "{\"sku\":\""u8, 0xC3, 0x28, .. "\",\"name\":\"n\",\"price\":1,\"category_id\":1}"u8]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var response = await fixture.Client.PostAsync("/v1/products", content);
        Assert.Contains((await response.BodyAsync()).GetProperty("code").GetString(), new[] { "STR5110", "STR5111" });
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData(null)]
    public async Task Given_another_media_type_When_posted_Then_415(string? mediaType)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes("{}"));
        content.Headers.TryAddWithoutValidation("Content-Type", mediaType);
        await (await fixture.Client.PostAsync("/v1/products", content)).ExpectProblemAsync(415, "STR5113");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Given_a_body_over_the_limit_When_posted_Then_413(bool lengthIsTold)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/products") { Content = Http.Json($$"""{"sku":"{{new string('x', 1024 * 1024)}}"}""") };
        request.Headers.TransferEncodingChunked = !lengthIsTold;
        // The answer comes before the body is read: who sends all the same may find the connection closed under him.
        request.Headers.ExpectContinue = lengthIsTold;
        await (await fixture.Client.SendAsync(request)).ExpectProblemAsync(413, "STR5114");
    }

    [Fact]
    public async Task Given_a_batch_of_too_many_rows_When_posted_Then_413_and_of_none_422()
    {
        var rows = string.Join(',', Enumerable.Repeat("""{"name":"n"}""", 1001));
        await (await fixture.Client.PostAsync("/v1/categories:batch", $$"""{"items":[{{rows}}]}""")).ExpectProblemAsync(413, "STR5114");
        await (await fixture.Client.PostAsync("/v1/categories:batch", """{"items":[]}""")).ExpectProblemAsync(422, "STR5112");
    }

    [Theory]
    [InlineData("GET", "/", 404, "STR5120")]
    [InlineData("GET", "/v1/nothing", 404, "STR5120")]
    [InlineData("GET", "/v1/products/abc", 404, "STR5120")]
    [InlineData("GET", "/v1/products/0", 404, "STR5120")]
    [InlineData("GET", "/v1/products/-1", 404, "STR5120")]
    [InlineData("GET", "/v1/products/99999999999999999999", 404, "STR5120")]
    [InlineData("GET", "/v1/products/9223372036854775807", 404, "STR5130")]
    [InlineData("GET", "/v1/orders/9223372036854775807", 404, "STR5130")]
    [InlineData("GET", "/v1/categories/9223372036854775807/products", 404, "STR5130")]
    [InlineData("GET", "/v1/customers/9223372036854775807/orders", 404, "STR5130")]
    [InlineData("GET", "/v1/products?limit=0", 400, "STR5125")]
    [InlineData("GET", "/v1/products?limit=501", 400, "STR5125")]
    [InlineData("GET", "/v1/products?limit=x", 400, "STR5125")]
    [InlineData("GET", "/v1/products?limit=1&limit=2", 400, "STR5125")]
    [InlineData("GET", "/v1/products?cursor=%21", 400, "STR5125")]
    [InlineData("GET", "/v1/products?cursor=b3JkZXJzOjE", 400, "STR5125")]
    [InlineData("GET", "/v1/products?cursor=cHJvZHVjdHM6LTE", 400, "STR5125")]
    [InlineData("GET", "/problems/STR0000", 404, "STR5120")]
    [InlineData("PATCH", "/v1/products", 405, "STR5121")]
    [InlineData("DELETE", "/v1/products", 405, "STR5121")]
    [InlineData("POST", "/v1/products/1", 405, "STR5121")]
    public async Task Given_a_bad_request_line_When_sent_Then_a_problem(string method, string path, int status, string code)
    {
        var response = await fixture.Client.SendAsync(new HttpMethod(method), path);
        await response.ExpectProblemAsync(status, code);
        Assert.Equal(status == 405, response.Content.Headers.Allow.Count > 0);
    }

    [Theory]
    [InlineData("If-None-Match", "7", "STR5124")]
    [InlineData("Streams-Min-Commit", "yesterday", "STR5127")]
    [InlineData("Streams-Min-Commit", "1/2/3:4:5:6", "STR5127")]
    public async Task Given_a_bad_header_When_read_Then_a_problem(string name, string value, string code)
    {
        var product = await new Shop(fixture.Client).ProductAsync(await new Shop(fixture.Client).CategoryAsync());
        await (await fixture.Client.SendAsync(HttpMethod.Get, $"/v1/products/{product}", null, (name, value))).ExpectProblemAsync(400, code);
    }

    [Fact]
    public async Task Given_values_that_rows_refuse_When_written_Then_the_field_is_named()
    {
        var shop = new Shop(fixture.Client);
        var category = await shop.CategoryAsync();
        var sku = Unique.Name("sku");
        var body = $$"""{"sku":"{{sku}}","name":"n","price":1,"category_id":{{category}}}""";
        await (await fixture.Client.PostAsync("/v1/products", body)).ExpectAsync(HttpStatusCode.Created);
        var duplicate = await (await fixture.Client.PostAsync("/v1/products", body)).ExpectProblemAsync(409, "STR5131");
        Assert.Equal("/sku", duplicate.GetProperty("errors")[0].GetProperty("pointer").GetString());

        var order = $$"""{"customer_id":{{await shop.CustomerAsync()}},"items":[{"product_id":9007199254740993,"quantity":1}]}""";
        var missing = await (await fixture.Client.PostAsync("/v1/orders", order)).ExpectProblemAsync(422, "STR5132");
        Assert.Equal("/product_id", missing.GetProperty("errors")[0].GetProperty("pointer").GetString());

        var used = await fixture.Client.GetAsync($"/v1/categories/{category}");
        var refused = await fixture.Client.SendAsync(HttpMethod.Delete, $"/v1/categories/{category}", null, ("If-Match", used.Header("ETag")));
        await refused.ExpectProblemAsync(409, "STR5133");
    }

    [Fact]
    public async Task Given_a_problem_When_its_type_is_opened_Then_it_is_explained()
    {
        var problem = await (await fixture.Client.GetAsync("/v1/products/9223372036854775807")).ExpectProblemAsync(404, "STR5130");
        var page = await fixture.Client.GetStringAsync(problem.GetProperty("type").GetString());
        Assert.Contains(problem.GetProperty("hint").GetString()!, page, StringComparison.Ordinal);
    }
}
