using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;
using StackExchange.Redis;
using Streams.Cache.Reading;
using Streams.Cache.Store;
using Streams.Hosting.Health;
using Streams.Hosting.Options;
using Streams.IngestApi.Http.Problems;

namespace Streams.IngestApi.Caching;

/// <summary>
/// Connects to Redis beside the start of the service: until it is there, and whenever it is away, reads go to the primary. So the service is
/// ready without Redis, and says that it is degraded.
/// </summary>
internal sealed class CacheConnection(
    IOptions<RedisOptions> redis, IOptions<FencedCacheOptions> options, NpgsqlDataSource database, TimeProvider clock)
    : IHostedService, IReadinessCheck, IAsyncDisposable
{
    private Task? _opening;
    private IConnectionMultiplexer? _redis;
    private IFencedCache? _cache;

    /// <summary>The cache, once Redis was asked for; null before.</summary>
    public IFencedCache? Current => Volatile.Read(ref _cache);

    /// <inheritdoc/>
    public string Name => "redis";

    /// <inheritdoc/>
    public bool Required => false;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            _ = ConfigurationOptions.Parse(redis.Value.Configuration);
        }
        catch (ArgumentException exception)
        {
            throw ApiErrors.BadRedisSettings.With(exception.Message, exception);
        }

        _opening = OpenAsync();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task<string?> CheckAsync(CancellationToken cancellationToken) => 
        Task.FromResult(Volatile.Read(ref _redis) is { IsConnected: true } ? null : "No connection: reads bypass the cache");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_opening is not null)
        {
            await _opening;
        }

        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }
    }

    private async Task OpenAsync()
    {
        var connection = await RedisConnection.OpenAsync(redis.Value.Configuration);
        Volatile.Write(ref _redis, connection);
        Volatile.Write(ref _cache, new FencedCache(connection, database, options.Value, clock));
    }
}
