using StackExchange.Redis;
using Streams.Cache.Store;
using Streams.Cache.Tests.Fixtures;
using Streams.Core.Errors;
using Xunit;

namespace Streams.Cache.Tests.Store;

public sealed class RedisAuditTests(CacheRedis redis) : IClassFixture<CacheRedis>
{
    [Theory]
    [InlineData("redis_mode", "cluster", "STR4004")]
    [InlineData("redis_version", "6.2.14", "STR4006")]
    [InlineData("maxmemory_policy", "allkeys-lru", "STR4005")]
    [InlineData("role", "slave", "STR4003")]
    [InlineData("maxmemory_policy", "volatile-lru", null)]
    public void Given_what_a_server_says_of_itself_When_judged_Then_the_mistake_has_its_code(string field, string value, string? code)
    {
        var info = new Dictionary<string, string> { ["redis_version"] = "7.0.15", ["redis_mode"] = "standalone", ["role"] = "master", ["maxmemory_policy"] = "noeviction" };
        info[field] = value;
        Assert.Equal(code, RedisAudit.Judge(info)?.Error.Code);
    }

    [Fact]
    public async Task Given_a_real_server_When_its_policy_evicts_Then_it_is_refused()
    {
        await RedisAudit.CheckAsync(redis.Database, default);
        await redis.Database.ExecuteAsync("CONFIG", "SET", "maxmemory-policy", "allkeys-lfu");
        var refused = await Assert.ThrowsAsync<StreamsException>(() => RedisAudit.CheckAsync(redis.Database, default));
        await redis.Database.ExecuteAsync("CONFIG", "SET", "maxmemory-policy", "noeviction");
        Assert.Equal("STR4005", refused.Error.Code);
    }

    [Theory]
    [InlineData("NOAUTH Authentication required.", ErrorKind.Permanent)]
    [InlineData("NOPERM this user has no permissions", ErrorKind.Permanent)]
    [InlineData("LOADING Redis is loading the dataset in memory", ErrorKind.Transient)]
    [InlineData("OOM command not allowed when used memory > 'maxmemory'.", ErrorKind.Transient)]
    [InlineData("MOVED 3999 127.0.0.1:6381", ErrorKind.Permanent)]
    [InlineData("ERR something new", ErrorKind.Transient)]
    public void Given_an_error_reply_When_classified_Then_its_kind_is_known(string reply, ErrorKind kind) =>
        Assert.Equal(kind, RedisFaults.Classify(new RedisServerException(reply)).Error.Kind);
}
