using Microsoft.Extensions.Hosting;
using Npgsql;
using StackExchange.Redis;
using Streams.Cache.Store;
using Streams.Core.Errors;
using Streams.Hosting;
using Streams.InvalidationSink.Host.Loop;
using Streams.InvalidationSink.Host.Observing;

namespace Streams.InvalidationSink.Host;

/// <summary>Keeps the sink running: a consumer that gave up is built anew; a broken invariant, or a Redis that cannot hold a fence, stops the host.</summary>
internal sealed class SinkWorker(SinkSettings settings, SinkObservers observers, HostFailure failure, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The loop blocks in the consumer: it must not keep the host from starting.
        await Task.Yield();
        try
        {
            await using var redis = await RedisConnection.OpenAsync(settings.Redis);
            await using var source = NpgsqlDataSource.Create(settings.Postgres);
            await AuditAsync(redis, stoppingToken);
            while (!stoppingToken.IsCancellationRequested)
            {
                await RunAsync(redis, source, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // An ordinary stop: what was applied is in Redis.
            observers.Status.Snapshot = SinkSnapshot.None;
        }
        catch (Exception exception)
        {
            failure.Stop(exception);
        }
    }

    /// <summary>A Redis that may evict the fence, or cannot run the scripts, is refused at start.</summary>
    private async Task AuditAsync(IConnectionMultiplexer redis, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await RedisAudit.CheckAsync(redis.GetDatabase(), stop);
                observers.Outages.Up(Dependency.Redis);
                return;
            }
            catch (StreamsException exception) when (exception.Error.Kind == ErrorKind.Transient || exception.Error == CacheErrors.Refused)
            {
                observers.Outages.Down(exception);
                await Task.Delay(Pause, time, stop);
            }
        }
    }

    private async Task RunAsync(IConnectionMultiplexer redis, NpgsqlDataSource source, CancellationToken stop)
    {
        try
        {
            using var assembly = new SinkAssembly(settings, redis, source, observers, time);
            await assembly.RunAsync(stop);
        }
        catch (StreamsException exception) when (exception.Error == SinkErrors.ConsumerFailed)
        {
            observers.Outages.Down(exception);
            await Task.Delay(Pause, time, stop);
        }
    }
}
