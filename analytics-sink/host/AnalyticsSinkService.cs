using Confluent.SchemaRegistry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using Streams.AnalyticsSink.Host.Http;
using Streams.AnalyticsSink.Host.Http.Description;
using Streams.AnalyticsSink.Host.Http.Problems;
using Streams.AnalyticsSink.Host.Loop;
using Streams.AnalyticsSink.Host.Observing;
using Streams.AnalyticsSink.Host.Store;
using Streams.Hosting;
using Streams.Hosting.Health;
using Streams.Hosting.Options;
using Streams.Postgres;
using Streams.Schemas.Serdes;

namespace Streams.AnalyticsSink.Host;

/// <summary>The analytics sink as a process: <c>streams run analytics-sink</c>. Aggregates into tables, and tables out over HTTP.</summary>
public static class AnalyticsSinkService
{
    /// <summary>Name in logs and health answers.</summary>
    public const string Name = "analytics-sink";

    /// <summary>Runs until stopped; see <see cref="StreamsHost.RunAsync"/> for settings and exit codes.</summary>
    public static Task<int> RunAsync(string[] args) => StreamsHost.RunAsync(Name, args, Add, Map);

    /// <summary>The application, not started: for tests that host it in their own process.</summary>
    internal static WebApplication Build(string[] args) => StreamsHost.Build(Name, args, Add, Map);

    private static void Add(WebApplicationBuilder builder)
    {
        builder.AddOptions<AnalyticsSinkOptions>(AnalyticsSinkOptions.Section);
        var services = builder.Services;
        services.AddSingleton(provider => NpgsqlDataSource.Create(StoreOf(provider)));
        services.AddSingleton(provider => new CatalogReader(NpgsqlDataSource.Create(provider.GetRequiredService<IOptions<PostgresOptions>>().Value.ConnectionString)));
        services.AddSingleton<ISchemaRegistryClient>(provider => Registries.Connect(provider.GetRequiredService<IOptions<RegistryOptions>>().Value.Url));
        services.AddSingleton<TableMaker>().AddSingleton<TableKeeper>().AddSingleton<RowWriter>().AddSingleton<Positions>().AddSingleton<Upkeep>();
        services.AddSingleton<SinkStatus>().AddSingleton<SinkMetrics>().AddSingleton<Outages>();
        services.AddSingleton<IReadinessCheck, TablesReadiness>().AddSingleton<IReadinessCheck, PartitionsReadiness>();
        foreach (var dependency in Enum.GetValues<Dependency>())
        {
            services.AddSingleton<IReadinessCheck>(provider => new DependencyReadiness(provider.GetRequiredService<Outages>(), dependency));
        }

        services.AddSingleton<ReadStore>().AddSingleton<RequestLimits>().AddSingleton<AggregateEndpoints>().AddApiDocument();
        services.AddHostedService<SinkWorker>();
    }

    private static void Map(WebApplication app)
    {
        app.UseMiddleware<ProblemMiddleware>();
        app.MapDocuments();
        app.Services.GetRequiredService<AggregateEndpoints>().Map(app);
        app.MapGet("/status", (SinkStatus status) => Results.Json(new
        {
            service = Name,
            waiting = status.Waiting,
            partitions = status.Partitions.Select(at => new { at.Aggregate, at.Partition, at.Next, at.End, at.Lag }),
        })).ExcludeFromDescription();
    }

    private static string StoreOf(IServiceProvider services) => services.GetRequiredService<IOptions<AnalyticsSinkOptions>>().Value.StoreConnectionString is { Length: > 0 } own
        ? own
        : services.GetRequiredService<IOptions<PostgresOptions>>().Value.ConnectionString;
}
