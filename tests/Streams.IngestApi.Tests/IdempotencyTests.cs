using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Streams.Fixtures;
using Streams.IngestApi.Http.Idempotency;

namespace Streams.IngestApi.Tests;

/// <summary>Journey 5: a POST that is repeated.</summary>
[Collection(ApiCollection.Name)]
public sealed class IdempotencyTests(ApiFixture fixture)
{
    private const string Header = "Idempotency-Key";
    private readonly Shop _shop = new(fixture.Client);

    [Fact]
    public async Task Given_a_key_When_the_order_is_posted_twice_Then_the_same_answer_and_one_row()
    {
        var (customer, body) = await OrderAsync();
        var key = Unique.Name("key");
        var first = await fixture.Client.PostAsync("/v1/orders", body, (Header, $"\"{key}\""));
        var firstBody = await first.ExpectAsync(HttpStatusCode.Created);
        // Bare and with other white space: the same request.
        var second = await fixture.Client.PostAsync("/v1/orders", body.Replace(":", " : ", StringComparison.Ordinal), (Header, key));
        var secondBody = await second.ExpectAsync(HttpStatusCode.Created);

        Assert.Equal(firstBody.GetRawText(), secondBody.GetRawText());
        Assert.All(["ETag", "Location", "Streams-Commit"], name => Assert.Equal(first.Header(name), second.Header(name)));
        Assert.Equal("true", second.Header("Idempotency-Replayed"));
        Assert.Equal(1, await CountAsync(customer));
    }

    [Fact]
    public async Task Given_a_key_When_used_with_another_body_Then_422()
    {
        var (customer, body) = await OrderAsync();
        var key = Unique.Name("key");
        await (await fixture.Client.PostAsync("/v1/orders", body, (Header, key))).ExpectAsync(HttpStatusCode.Created);
        var other = await fixture.Client.PostAsync("/v1/orders", body.Replace("\"quantity\":1", "\"quantity\":2", StringComparison.Ordinal), (Header, key));
        await other.ExpectProblemAsync(422, "STR5134");
        Assert.Equal(1, await CountAsync(customer));
    }

    [Fact]
    public async Task Given_the_first_request_hangs_When_it_is_repeated_Then_409_and_afterwards_its_answer()
    {
        var (customer, body) = await OrderAsync();
        var key = Unique.Name("key");
        await using var connection = await fixture.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var hold = new Npgsql.NpgsqlCommand($"SELECT id FROM public.customer WHERE id = {customer} FOR UPDATE", connection))
        {
            await hold.ExecuteScalarAsync();
        }

        var first = fixture.Client.PostAsync("/v1/orders", body, (Header, key));
        await Eventually.Async(
            async () => await fixture.SqlAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%public.orders%'") > 0,
            TimeSpan.FromSeconds(5),
            "the first request waits for the row");
        var busy = await fixture.Client.PostAsync("/v1/orders", body, (Header, key));
        await busy.ExpectProblemAsync(409, "STR5135");
        Assert.Equal("1", busy.Header("Retry-After"));

        await transaction.RollbackAsync();
        var answer = await (await first).ExpectAsync(HttpStatusCode.Created);
        var replay = await (await fixture.Client.PostAsync("/v1/orders", body, (Header, key))).ExpectAsync(HttpStatusCode.Created);
        Assert.Equal(answer.Id(), replay.Id());
    }

    [Fact]
    public async Task Given_twenty_at_once_with_one_key_When_posted_Then_one_row_and_each_answer_is_201_or_409()
    {
        var (customer, body) = await OrderAsync();
        var key = Unique.Name("key");
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => fixture.Client.PostAsync("/v1/orders", body, (Header, key))));
        Assert.All(answers, answer => Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.Created, HttpStatusCode.Conflict }));
        var bodies = await Task.WhenAll(answers.Where(answer => answer.StatusCode == HttpStatusCode.Created).Select(answer => answer.BodyAsync()));
        Assert.Single(bodies.Select(answer => answer.Id()).Distinct());
        Assert.Equal(1, await CountAsync(customer));
    }

    [Fact]
    public async Task Given_a_refused_request_When_repeated_mended_with_the_same_key_Then_it_is_done()
    {
        var email = Unique.Name("mail");
        var key = Unique.Name("key");
        await (await fixture.Client.PostAsync("/v1/products", $$"""{"sku":"{{email}}","name":"n","price":1,"category_id":9007199254740993}""", (Header, key))).ExpectProblemAsync(422, "STR5132");
        var mended = $$"""{"sku":"{{email}}","name":"n","price":1,"category_id":{{await _shop.CategoryAsync()}}}""";
        await (await fixture.Client.PostAsync("/v1/products", mended, (Header, key))).ExpectAsync(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Given_a_key_older_than_a_day_When_posted_Then_it_is_a_new_request()
    {
        var (customer, body) = await OrderAsync();
        var key = Unique.Name("key");
        await fixture.Client.PostAsync("/v1/orders", body, (Header, key));
        await fixture.SqlAsync<string>($"UPDATE streams.idempotency_key SET created_at = created_at - interval '24 hours 1 second' WHERE key = '{key}' RETURNING key");
        await (await fixture.Client.PostAsync("/v1/orders", body, (Header, key))).ExpectAsync(HttpStatusCode.Created);
        Assert.Equal(2, await CountAsync(customer));
    }

    [Fact]
    public async Task Given_old_and_young_keys_When_purged_Then_only_the_old_go()
    {
        var (old, young) = (Unique.Name("old"), Unique.Name("young"));
        await fixture.SqlAsync<int>($"""
            WITH made AS (
              INSERT INTO streams.idempotency_key (scope, key, fingerprint, created_at)
              SELECT 'test', '{old}' || i, ''::bytea, clock_timestamp() - interval '25 hours' FROM generate_series(1, 2500) i
              UNION ALL SELECT 'test', '{young}', ''::bytea, clock_timestamp() - interval '23 hours' RETURNING 1)
            SELECT count(*)::int FROM made
            """);
        using var purge = new IdempotencyPurge(fixture.Database, TimeProvider.System, NullLogger<IdempotencyPurge>.Instance);
        Assert.True(await purge.PurgeAsync(CancellationToken.None) >= 2500);
        Assert.Equal(0, await fixture.SqlAsync<long>($"SELECT count(*) FROM streams.idempotency_key WHERE key LIKE '{old}%'"));
        Assert.Equal(1, await fixture.SqlAsync<long>($"SELECT count(*) FROM streams.idempotency_key WHERE key = '{young}'"));
    }

    [Fact]
    public async Task Given_one_key_at_two_resources_or_of_two_clients_When_posted_Then_they_do_not_meet()
    {
        var key = Unique.Name("key");
        await (await fixture.Client.PostAsync("/v1/categories", """{"name":"a"}""", (Header, key))).ExpectAsync(HttpStatusCode.Created);
        await (await fixture.Client.PostAsync("/v1/stores", """{"name":"b"}""", (Header, key))).ExpectAsync(HttpStatusCode.Created);
        await (await fixture.Client.PostAsync("/v1/categories", """{"name":"c"}""", (Header, key), ("Authorization", "Bearer x"))).ExpectAsync(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData("\"open")]
    [InlineData("\"\"")]
    [InlineData("\"a\"b")]
    [InlineData("two words")]
    [InlineData("\"bad \\n escape\"")]
    public async Task Given_a_malformed_key_When_posted_Then_400(string key) =>
        await (await fixture.Client.PostAsync("/v1/categories", """{"name":"a"}""", (Header, key))).ExpectProblemAsync(400, "STR5126");

    [Fact]
    public async Task Given_a_key_that_is_too_long_When_posted_Then_400() =>
        await (await fixture.Client.PostAsync("/v1/categories", """{"name":"a"}""", (Header, new string('k', 256)))).ExpectProblemAsync(400, "STR5126");

    private async Task<(long Customer, string Body)> OrderAsync()
    {
        var customer = await _shop.CustomerAsync();
        var product = await _shop.ProductAsync(await _shop.CategoryAsync());
        return (customer, $$"""{"customer_id":{{customer}},"items":[{"product_id":{{product}},"quantity":1}]}""");
    }

    private Task<long> CountAsync(long customer) => fixture.SqlAsync<long>($"SELECT count(*) FROM public.orders WHERE customer_id = {customer}");
}
