using StackExchange.Redis;
using Streams.Cache.Layout;
using Streams.Cache.Protocol;
using Streams.Cache.Reading;
using Streams.Cache.Store;
using Streams.Cache.Tests.Fixtures;
using Streams.Core.Errors;
using Streams.Core.Fencing;
using Xunit;

namespace Streams.Cache.Tests.Store;

/// <summary>The store works under an ACL user that may do only what the scripts do; docs/reference/redis-acl.md lists the same.</summary>
public sealed class AccessControlTests(CacheRedis redis) : IClassFixture<CacheRedis>
{
    private static readonly string[] Least =
    [
        "reset", "on", ">secret", "~*", "-@all", "+evalsha", "+script|load", "+info", "+ping", "+echo", "+client|setname", "+select",
        "+get", "+set", "+getrange", "+exists", "+del", "+unlink", "+pttl", "+pexpire", "+rename", "+time",
        "+hget", "+hmget", "+hset", "+zadd", "+zrem", "+zrangebyscore", "+zpopmin",
    ];

    [Fact]
    public async Task Given_a_user_with_the_least_privileges_When_the_store_is_used_Then_nothing_is_refused()
    {
        await redis.EmptyAsync();
        await redis.Database.ExecuteAsync("ACL", ["SETUSER", "sink", .. Least]);
        await using var connection = await RedisConnection.OpenAsync($"{redis.Server.Configuration},user=sink,password=secret");
        await RedisAudit.CheckAsync(connection.GetDatabase(), default);
        var store = new RedisFenceStore(connection, 1);
        await store.ReFloorAsync(7, [0], default);
        await store.PublishFrontierAsync(0, new Frontier(7, -1), default);
        await store.ApplyAsync(new ApplyBatch(0, 7, 0, 2, 1, [new Invalidation(0, "product:1", false, 5), new Invalidation(1, "product:*", true, 5)]), default);
        await store.RestoreFencesAsync(await store.AuditFencesAsync(0, CacheSlot.Count, 8, default), 7, default);
        var header = new ValueHeader(true, 7, 1, [new Stamp(0, 9)], new PgSnapshot(1, 1, []), ["product:*"]);
        var (plan, values) = (ReadPlan.For("product:1", ["product:*"], 1), new FencedValues(connection));
        Assert.Equal(FillOutcome.Accepted, await values.FillAsync(plan, 7, header.Stamps, header.Write("x"u8), TimeSpan.FromMinutes(1)));
        Assert.NotNull((await values.ReadAsync(plan)).Value);
        await store.ApplyAsync(new ApplyBatch(0, 7, 2, 12, 1, [new Invalidation(10, "product:*", true, null)]), default);
        Assert.Equal(1, (await store.ReapAsync("product:*", 10, default)).Removed);
        await store.HighestEpochAsync(default);
    }

    [Fact]
    public async Task Given_a_wrong_password_When_used_Then_the_fault_is_permanent()
    {
        await redis.Database.ExecuteAsync("ACL", ["SETUSER", "other", .. Least]);
        // As long as everybody may do everything, a refused AUTH leaves a connection that works.
        await redis.Database.ExecuteAsync("ACL", "SETUSER", "default", "off");
        try
        {
            await using var connection = await RedisConnection.OpenAsync($"{redis.Server.Configuration},user=other,password=wrong");
            var fault = await Assert.ThrowsAsync<StreamsException>(() => new RedisFenceStore(connection, 1).HighestEpochAsync(default));
            Assert.Equal("STR4002", fault.Error.Code);
        }
        finally
        {
            await redis.Database.ExecuteAsync("ACL", "SETUSER", "default", "on");
        }
    }

    [Fact]
    public async Task Given_a_missing_privilege_When_used_Then_the_fault_is_permanent()
    {
        await redis.Database.ExecuteAsync("ACL", ["SETUSER", "third", .. Least, "-evalsha"]);
        await using var connection = await RedisConnection.OpenAsync($"{redis.Server.Configuration},user=third,password=secret");
        var fault = await Assert.ThrowsAsync<StreamsException>(() => new RedisFenceStore(connection, 1).HighestEpochAsync(default));
        Assert.Equal("STR4002", fault.Error.Code);
    }
}
