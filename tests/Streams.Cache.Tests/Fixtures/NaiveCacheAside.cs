using StackExchange.Redis;
using Npgsql;

namespace Streams.Cache.Tests.Fixtures;

/// <summary>What everybody writes first: GET, else SELECT and SET; invalidation deletes. The peer that must show the survivor where the fence shows none.</summary>
public sealed class NaiveCacheAside(IDatabase redis, NpgsqlDataSource source)
{
    public async Task<string?> ReadAsync(string key, string sql)
    {
        if ((string?)await redis.StringGetAsync(key) is { } cached)
        {
            return cached;
        }

        var value = await source.ScalarAsync<string>(sql);
        await redis.StringSetAsync(key, value, TimeSpan.FromMinutes(5));
        return value;
    }

    public Task InvalidateAsync(string key) => redis.KeyDeleteAsync(key);
}
