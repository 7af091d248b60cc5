using System.Net;
using Streams.Fixtures;
using Streams.IngestApi.Http.Limits;

namespace Streams.IngestApi.Tests;

[Collection(ApiCollection.Name)]
public sealed class LimitTests(ApiFixture fixture)
{
    [Fact]
    public async Task Given_a_rate_limit_When_it_is_used_up_Then_429_and_the_headers_count_down()
    {
        await using var api = await fixture.StartAsync("--Streams:IngestApi:RateLimit=3", "--Streams:IngestApi:RateWindow=01:00:00");
        for (var left = 2; left >= 0; left--)
        {
            var answer = await api.Client.GetAsync("/v1/stores?limit=1");
            await answer.ExpectAsync(HttpStatusCode.OK);
            Assert.Equal("\"address\";q=3;w=3600", answer.Header("RateLimit-Policy"));
            Assert.StartsWith($"\"address\";r={left};t=", answer.Header("RateLimit"), StringComparison.Ordinal);
        }

        var refused = await api.Client.GetAsync("/v1/stores");
        await refused.ExpectProblemAsync(429, "STR5140");
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 3600);
        Assert.Equal(HttpStatusCode.OK, (await api.Client.GetAsync("/livez")).StatusCode);
    }

    [Fact]
    public void Given_two_clients_When_one_has_used_its_share_Then_the_other_has_not_and_a_new_window_begins_anew()
    {
        var clock = new ManualClock();
        var window = new RateWindow(2, TimeSpan.FromSeconds(10), clock);
        Assert.Equal(new RateGrant(true, 1, 10), window.Take("a"));
        clock.Now += TimeSpan.FromSeconds(4);
        Assert.Equal(new RateGrant(true, 0, 6), window.Take("a"));
        Assert.Equal(new RateGrant(false, 0, 6), window.Take("a"));
        Assert.Equal(new RateGrant(true, 1, 6), window.Take("b"));
        clock.Now += TimeSpan.FromSeconds(6);
        Assert.Equal(new RateGrant(true, 1, 10), window.Take("a"));
    }

    [Fact]
    public async Task Given_as_many_requests_in_flight_as_allowed_When_one_more_comes_Then_503()
    {
        await using var api = await fixture.StartAsync("--Streams:IngestApi:MaxConcurrentRequests=1");
        var category = await new Shop(fixture.Client).CategoryAsync();
        await using var connection = await fixture.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var hold = new Npgsql.NpgsqlCommand($"SELECT 1 FROM public.category WHERE id = {category} FOR UPDATE", connection))
        {
            await hold.ExecuteScalarAsync();
        }

        var first = api.Client.SendAsync(HttpMethod.Put, $"/v1/categories/{category}", """{"name":"d"}""", ("If-Match", "*"));
        await Eventually.Async(
            async () => await fixture.SqlAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%public.category%'") > 0,
            TimeSpan.FromSeconds(5),
            "the first is in flight");
        await (await api.Client.GetAsync("/v1/stores?limit=1")).ExpectProblemAsync(503, "STR5141");
        await transaction.RollbackAsync();
        await (await first).ExpectAsync(HttpStatusCode.OK);
        await (await api.Client.GetAsync("/v1/stores?limit=1")).ExpectAsync(HttpStatusCode.OK);
    }

    private sealed class ManualClock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
