using StackExchange.Redis;
using Streams.Cache.Store;
using Streams.Local.Servers;
using Xunit;

namespace Streams.Cache.Tests.Fixtures;

/// <summary>A private Redis for the tests of a class. Tests of a class run one after the other and begin with an empty Redis.</summary>
public sealed class CacheRedis : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streams-cache-").FullName;

    public RedisServer Server { get; private set; } = null!;

    public IConnectionMultiplexer Redis { get; private set; } = null!;

    public IDatabase Database => Redis.GetDatabase();

    public async Task InitializeAsync()
    {
        Server = new RedisServer(_folder);
        await Server.StartAsync();
        Redis = await RedisConnection.OpenAsync(Server.Configuration);
    }

    public Task EmptyAsync() => Database.ExecuteAsync("FLUSHALL");

    public async Task DisposeAsync()
    {
        await Redis.DisposeAsync();
        await Server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
