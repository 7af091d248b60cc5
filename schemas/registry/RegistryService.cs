using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Streams.Hosting;
using Streams.Hosting.Health;
using Streams.Hosting.Options;
using Streams.Registry.Http;
using Streams.Registry.Log;
using Streams.Registry.Store;

namespace Streams.Registry;

/// <summary>The embedded schema registry: Confluent's REST API over a compacted Kafka topic, for one instance per topic.</summary>
public static class RegistryService
{
    /// <summary>Runs it until it is stopped. It listens on <c>Streams:Http:Url</c>, by default on <c>Streams:Registry:Url</c> (port 8081).</summary>
    /// <returns>Exit code, see <see cref="StreamsHost"/>.</returns>
    public static Task<int> RunAsync(string[] args) => StreamsHost.RunAsync("registry", args, Add, Map);

    /// <summary>The application, not started: for tests and for hosts that put another log underneath.</summary>
    /// <param name="args">Command line.</param>
    /// <param name="log">Log in place of Kafka's.</param>
    public static WebApplication Build(string[] args, IRegistryLog? log = null) => StreamsHost.Build(
        "registry",
        args,
        builder =>
        {
            Add(builder);
            if (log is not null)
            {
                builder.Services.AddSingleton(log);
            }
        },
        Map);

    private static void Add(WebApplicationBuilder builder)
    {
        if (builder.Configuration["Streams:Http:Url"] is null)
        {
            builder.Configuration["Streams:Http:Url"] = builder.Configuration["Streams:Registry:Url"] ?? new RegistryOptions().Url;
        }

        builder.AddOptions<RegistryServiceOptions>(RegistryServiceOptions.Section);
        builder.Services.AddSingleton<IRegistryLog, KafkaRegistryLog>();
        builder.Services.AddSingleton<RegistryStore>();
        builder.Services.AddSingleton<IReadinessCheck>(services => services.GetRequiredService<RegistryStore>());
        builder.Services.AddSingleton<IReadinessCheck>(services => new LogReadiness(services.GetRequiredService<IRegistryLog>()));
        builder.Services.AddHostedService<LogFollower>();
    }

    private static void Map(WebApplication app)
    {
        app.UseMiddleware<RefusalMiddleware>();
        app.MapSchemas();
        app.MapSubjects();
        app.MapCompatibility();
        app.MapSettings();
    }
}
