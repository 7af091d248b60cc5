using System.Diagnostics;
using StackExchange.Redis;
using Streams.Cache.Layout;
using Streams.Cache.Reading;
using Streams.Cache.Store;
using Streams.Cache.Tests.Fixtures;
using Streams.Core.Errors;
using Streams.Core.Fencing;
using Streams.Local.Processes;
using Xunit;
using static Streams.Cache.Tests.Races.FillRacesTests;

namespace Streams.Cache.Tests.Reading;

[Collection(Servers.Name)]
public sealed class FencedCacheTests(CacheRedis redis, CachePostgres postgres)
{
    [Fact]
    public async Task Given_a_row_When_read_twice_Then_a_miss_is_stored_and_the_second_is_a_hit_with_its_age()
    {
        await using var world = await ShopAsync();
        var miss = await world.ReadAsync(1);
        var hit = await world.ReadAsync(1);

        Assert.Equal((CacheOutcome.Miss, true, "absent"), (miss.Outcome, miss.Stored, miss.Detail));
        Assert.InRange(miss.TimeToLive!.Value, TimeSpan.FromSeconds(270), TimeSpan.FromSeconds(330));
        Assert.Equal((CacheOutcome.Hit, "old"), (hit.Outcome, Text(hit)));
        Assert.InRange(hit.Age!.Value, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.InRange(hit.TimeToLive!.Value, TimeSpan.FromSeconds(200), TimeSpan.FromSeconds(330));
    }

    [Fact]
    public async Task Given_no_row_When_read_Then_its_absence_is_cached_for_a_shorter_time_and_ends_with_the_insert()
    {
        await using var world = await ShopAsync();
        var miss = await world.ReadAsync(9);
        var hit = await world.ReadAsync(9);
        Assert.Equal((CacheOutcome.Hit, true), (hit.Outcome, hit.Payload is null));
        Assert.InRange(miss.TimeToLive!.Value, TimeSpan.FromSeconds(25), TimeSpan.FromSeconds(35));

        world.Emit(await world.CommitAsync("INSERT INTO product VALUES (9, 'nine', 7)"), "product:9");
        await world.ApplyAsync();
        await world.ProveAsync();
        Assert.Equal("nine", Text(await world.ReadAsync(9)));
    }

    [Fact]
    public async Task Given_a_value_that_already_shows_the_transaction_When_its_invalidation_is_applied_Then_the_value_stays()
    {
        await using var world = await ShopAsync();
        var xid = await world.CommitAsync("UPDATE product SET name = 'new' WHERE id = 1");
        await world.ReadAsync(1);
        world.Emit(xid, "product:1");
        await world.ApplyAsync();
        var hit = await world.ReadAsync(1);
        Assert.Equal((CacheOutcome.Hit, "new"), (hit.Outcome, Text(hit)));
    }

    [Fact]
    public async Task Given_a_cached_value_older_than_my_write_When_I_read_with_my_token_Then_I_see_my_write_and_the_cache_is_refilled()
    {
        await using var world = await ShopAsync();
        await world.ReadAsync(1);
        var token = CommitToken.Of(world.Epoch.Identity, await world.CommitAsync("UPDATE product SET name = 'mine' WHERE id = 1"));

        Assert.Equal("old", Text(await world.ReadAsync(1)));
        var read = await world.ReadAsync(1, token);
        Assert.Equal(("mine", CacheOutcome.Bypass, true, "before-commit"), (Text(read), read.Outcome, read.Stored, read.Detail));
        var again = await world.ReadAsync(1, token);
        Assert.Equal(("mine", CacheOutcome.Hit), (Text(again), again.Outcome));
    }

    [Fact]
    public async Task Given_a_token_taken_in_a_transaction_When_read_back_Then_it_is_of_this_history()
    {
        await using var world = await ShopAsync();
        await using var connection = await world.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("UPDATE product SET name = 'mine' WHERE id = 1");
        var token = await CommitTokens.TakeAsync(connection, default);
        await transaction.CommitAsync();

        Assert.Equal(world.Epoch.Identity, token.Identity);
        Assert.True(token.IsContainedIn(world.Epoch.Identity, (await world.Primary.LookAsync(default)).Snapshot));
        Assert.Equal("mine", Text(await world.ReadAsync(1, token)));
    }

    [Fact]
    public async Task Given_a_cached_list_When_a_tag_of_it_is_invalidated_Then_it_is_no_hit_any_more()
    {
        await using var world = await ShopAsync();
        Assert.Equal("[\"old\"]", Text(await ListAsync(world)));
        Assert.Equal(CacheOutcome.Hit, (await ListAsync(world)).Outcome);

        world.Emit(await world.CommitAsync("UPDATE product SET name = 'new' WHERE id = 1"), "product:1", "products:category:7:*");
        await world.ApplyAsync();
        await world.ProveAsync();
        var read = await ListAsync(world);
        Assert.Equal(("[\"new\"]", "tag-invalidated", true), (Text(read), read.Detail, read.Stored));
    }

    [Fact]
    public async Task Given_a_family_When_its_tag_is_invalidated_Then_all_of_its_values_are_dead_at_once()
    {
        await using var world = await ShopAsync();
        await world.ReadAsync(1);
        await world.ReadAsync(2);
        world.Emit(await world.CommitAsync("TRUNCATE product"), "product:*");
        await world.ApplyAsync();
        await world.ProveAsync();
        Assert.Null((await world.ReadAsync(1)).Payload);
        Assert.Null((await world.ReadAsync(2)).Payload);
    }

    [Fact]
    public async Task Given_a_new_epoch_with_the_reader_unaware_When_it_reads_Then_it_learns_the_record_and_fills_at_once()
    {
        await using var world = await ShopAsync();
        await world.ReadAsync(1);
        await world.ReFloorAsync();
        Assert.True((await world.ReadAsync(1)).Stored);
    }

    [Fact]
    public async Task Given_a_refresh_When_the_fence_allows_Then_the_value_is_renewed_and_else_not()
    {
        await using var world = await ShopAsync();
        await world.ReadAsync(1);
        world.Emit(await world.CommitAsync("UPDATE product SET name = 'new' WHERE id = 1"), "product:1");
        await world.ApplyAsync();
        Assert.False(await world.Cache.RefreshAsync(FenceWorld.Product(1), FenceWorld.ById(1), default));
        await world.ProveAsync();
        Assert.True(await world.Cache.RefreshAsync(FenceWorld.Product(1), FenceWorld.ById(1), default));
        Assert.Equal(CacheOutcome.Hit, (await world.ReadAsync(1)).Outcome);
    }

    [Fact]
    public async Task Given_a_query_of_the_wrong_shape_When_read_Then_the_error_is_coded()
    {
        await using var world = await ShopAsync();
        async Task<string> CodeAsync(string sql) => (await Assert.ThrowsAsync<StreamsException>(
            () => world.Cache.ReadAsync(FenceWorld.Product(1), new CacheQuery(sql, []), null, default))).Error.Code;
        Assert.Equal("STR5010", await CodeAsync("SELECT name, id FROM product"));
        Assert.Equal("STR5010", await CodeAsync("SELECT id FROM product WHERE id = 1"));
        Assert.Equal("STR5010", await CodeAsync("SELECT 'a' UNION ALL SELECT 'b'"));
        Assert.Equal("STR5007", await CodeAsync("SELECT name FROM nothing"));
    }

    [Theory]
    [InlineData("SELECT 'a'::varchar(7)", "a")]
    [InlineData("SELECT json_build_object('a', 1);", "{\"a\" : 1}")]
    [InlineData("SELECT jsonb_build_object('a', 1) -- with a comment", "{\"a\": 1}")]
    [InlineData("SELECT convert_to('a', 'UTF8')", "a")]
    [InlineData("WITH w AS (SELECT 'a'::text AS b) SELECT b FROM w", "a")]
    public async Task Given_a_column_of_any_textual_type_When_read_Then_its_bytes_are_the_payload(string sql, string expected)
    {
        await using var world = await ShopAsync();
        Assert.Equal(expected, Text(await world.Cache.ReadAsync(FenceWorld.Product(1), new CacheQuery(sql, []), null, default)));
    }

    [Fact]
    public async Task Given_more_tags_than_a_header_holds_When_read_Then_the_value_is_given_and_not_stored()
    {
        await using var world = await ShopAsync();
        var entry = new CacheEntry("product:1", [.. Enumerable.Range(0, 70).Select(i => new string('x', 1000) + i)], TimeSpan.FromMinutes(1));
        var read = await world.Cache.ReadAsync(entry, FenceWorld.ById(1), null, default);
        Assert.Equal(("old", false), (Text(read), read.Stored));
    }

    [Fact]
    public async Task Given_a_Redis_that_does_not_answer_When_read_Then_the_database_answers_and_soon_without_waiting()
    {
        await using var world = await ShopAsync();
        var options = new FencedCacheOptions { RedisTimeout = TimeSpan.FromMilliseconds(100), CircuitFailures = 2, CircuitPause = TimeSpan.FromSeconds(30) };
        var cache = new FencedCache(redis.Redis, world.Source, options, TimeProvider.System);
        await cache.ReadAsync(FenceWorld.Product(1), FenceWorld.ById(1), null, default);
        redis.Server.Signal(Signals.Stop);
        try
        {
            for (var i = 0; i < 2; i++)
            {
                var slow = await cache.ReadAsync(FenceWorld.Product(1), FenceWorld.ById(1), null, default);
                Assert.Equal(("old", CacheOutcome.Bypass, "redis-unavailable, not stored: redis-unavailable"), (Text(slow), slow.Outcome, slow.Detail));
            }

            var clock = Stopwatch.StartNew();
            for (var i = 0; i < 10; i++)
            {
                await cache.ReadAsync(FenceWorld.Product(1), FenceWorld.ById(1), null, default);
            }

            Assert.True(clock.ElapsedMilliseconds < 900, $"ten reads took {clock.ElapsedMilliseconds} ms");
        }
        finally
        {
            redis.Server.Signal(Signals.Continue);
        }
    }

    [Fact]
    public async Task Given_a_Redis_that_was_never_there_When_read_Then_the_database_answers()
    {
        await using var world = await ShopAsync();
        await using var nobody = await RedisConnection.OpenAsync("127.0.0.1:1,connectTimeout=200");
        var cache = new FencedCache(nobody, world.Source, new FencedCacheOptions(), TimeProvider.System);
        var read = await cache.ReadAsync(FenceWorld.Product(1), FenceWorld.ById(1), null, default);
        Assert.Equal(("old", CacheOutcome.Bypass), (Text(read), read.Outcome));
    }

    [Fact]
    public async Task Given_a_value_that_somebody_else_wrote_When_read_Then_it_is_no_hit_and_is_replaced()
    {
        await using var world = await ShopAsync();
        await redis.Database.ListLeftPushAsync("product:2", "x");
        await redis.Database.StringSetAsync("product:1", "not ours");
        Assert.True((await world.ReadAsync(1)).Stored);
        Assert.Equal("old", Text(await world.ReadAsync(1)));
        Assert.Equal(CacheOutcome.Bypass, (await world.ReadAsync(2)).Outcome);
    }

    private static Task<CachedRead> ListAsync(FenceWorld world) => world.Cache.ReadAsync(FenceWorld.List(7), FenceWorld.ByCategory(7), null, default);

    private async Task<FenceWorld> ShopAsync()
    {
        var world = await FenceWorld.StartAsync(redis, postgres);
        await world.CommitAsync("INSERT INTO product VALUES (1, 'old', 7), (2, 'two', 8)");
        return world;
    }
}
