using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Streams.Cache.Reading;
using Streams.Core.Rules;
using Streams.Hosting;
using Streams.Hosting.Health;
using Streams.Hosting.Options;
using Streams.InvalidationSink.Host.Loop;
using Streams.InvalidationSink.Host.Observing;
using Streams.InvalidationSink.Host.Options;

namespace Streams.InvalidationSink.Host;

/// <summary>The sink as a service: <c>streams run invalidation-sink</c>.</summary>
public static class InvalidationSinkService
{
    /// <summary>Name in logs and health answers.</summary>
    public const string Name = "invalidation-sink";

    /// <summary>Runs until stopped; see <see cref="StreamsHost.RunAsync"/> for settings and exit codes.</summary>
    public static Task<int> RunAsync(string[] args) => StreamsHost.RunAsync(Name, args, Add, Map);

    /// <summary>Registrations of the sink; with <see cref="Map"/> for tests that host it in their own process.</summary>
    internal static void Add(WebApplicationBuilder builder)
    {
        builder
            .AddOptions<InvalidationSinkOptions>(InvalidationSinkOptions.Section)
            .AddOptions<FencedCacheOptions>(FencedCacheOptions.Section);
        var services = builder.Services;
        services.AddSingleton(Settings).AddSingleton<SinkStatus>().AddSingleton<SinkMetrics>();
        services.AddSingleton(provider => new Outages(provider.GetRequiredService<ILogger<SinkWorker>>()));
        services.AddSingleton(provider => new SinkObservers(
            provider.GetRequiredService<SinkMetrics>(),
            provider.GetRequiredService<SinkStatus>(),
            provider.GetRequiredService<Outages>(),
            provider.GetRequiredService<ILogger<SinkWorker>>()));
        services.AddSingleton<IReadinessCheck, LaneReadiness>();
        foreach (var dependency in Enum.GetValues<Dependency>())
        {
            services.AddSingleton<IReadinessCheck>(provider => new DependencyReadiness(provider.GetRequiredService<Outages>(), dependency));
        }

        services.AddHostedService<SinkWorker>();
    }

    /// <summary>Endpoints of the sink.</summary>
    internal static void Map(WebApplication app) => app.MapGet("/status", (SinkObservers observers) =>
    {
        var now = observers.Status.Snapshot;
        return Results.Json(new
        {
            service = Name,
            epoch = now.Epoch,
            lanes = now.Lanes.Select(lane => new { lane.Lane, lane.Phase, lane.Position, lane.End, lane.Lag, lane.Frontier, lane.Queue }),
            frontierAgeSeconds = now.FrontierAgeSeconds,
            slotMissing = now.SlotMissing,
            reapQueue = now.ReapQueue,
            staleness = observers.Metrics.Staleness().Select(rule => new
            {
                rule = rule.Key.Length == 0 ? null : rule.Key,
                rule.Value.Count,
                p50 = rule.Value.P50,
                p99 = rule.Value.P99,
                rule.Value.Max,
            }),
            lastError = observers.Outages.Last?.Message,
        });
    });

    private static SinkSettings Settings(IServiceProvider services) => new(
        Of<KafkaOptions>(services),
        Of<RedisOptions>(services).Configuration,
        Of<PostgresOptions>(services).ConnectionString,
        Of<RegistryOptions>(services).Url,
        Of<InvalidationSinkOptions>(services),
        Of<SourceOptions>(services),
        Of<FencedCacheOptions>(services),
        services.GetRequiredService<StreamsDefinition>());

    private static T Of<T>(IServiceProvider services)
        where T : class => services.GetRequiredService<IOptions<T>>().Value;
}
