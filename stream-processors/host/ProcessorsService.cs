using Confluent.SchemaRegistry;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using Streams.Hosting;
using Streams.Hosting.Health;
using Streams.Hosting.Options;
using Streams.Postgres;
using Streams.Processors.Host.Aggregates;
using Streams.Schemas.Serdes;

namespace Streams.Processors.Host;

/// <summary>The stream processors as a service: <c>streams run stream-processors</c>.</summary>
public static class ProcessorsService
{
    /// <summary>Name in logs and health answers.</summary>
    public const string Name = "stream-processors";

    /// <summary>Runs until stopped; see <see cref="StreamsHost.RunAsync"/> for settings and exit codes.</summary>
    public static Task<int> RunAsync(string[] args)
    {
        Malloc.SetOptions();
        return StreamsHost.RunAsync(Name, args, Add);
    }

    internal static void Add(WebApplicationBuilder builder)
    {
        builder.AddOptions<ProcessorsOptions>(ProcessorsOptions.Section);
        var services = builder.Services;
        services.AddSingleton<Dependencies>();
        services.AddSingleton<IReadinessCheck>(provider => provider.GetRequiredService<Dependencies>().Postgres);
        services.AddSingleton<IReadinessCheck>(provider => provider.GetRequiredService<Dependencies>().Kafka);
        services.AddSingleton<IReadinessCheck>(provider => provider.GetRequiredService<Dependencies>().Registry);
        services.AddSingleton<AggregateCheck>();
        services.AddSingleton<IReadinessCheck>(provider => provider.GetRequiredService<AggregateCheck>());
        services.AddSingleton(provider => NpgsqlDataSource.Create(provider.GetRequiredService<IOptions<PostgresOptions>>().Value.ConnectionString));
        services.AddSingleton<CatalogReader>();
        services.AddSingleton<IPrimary, Primary>();
        services.AddSingleton<ISchemaRegistryClient>(provider => Registries.Connect(provider.GetRequiredService<IOptions<RegistryOptions>>().Value.Url));
        services.AddSingleton<LaneTopic>().AddSingleton<Patience>().AddSingleton<ProcessorMetrics>();
        services.AddHostedService<ProcessorsWorker>();
    }
}
