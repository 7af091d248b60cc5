using Microsoft.AspNetCore.Builder;
using Streams.Core.Aggregates;
using Streams.Fixtures;
using Streams.Registry;

namespace Streams.AnalyticsSink.Tests.Components;

/// <summary>Kafka, Postgres and a registry, once for the assembly.</summary>
public sealed class AnalyticsServers : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streams-analytics-").FullName;
    private WebApplication? _registry;

    public KafkaFixture Kafka { get; } = new();

    public PostgresFixture Postgres { get; } = new();

    public string RegistryUrl => _registry!.Urls.First();

    /// <summary>A file of a test.</summary>
    public string PathOf(string name) => Path.Combine(_folder, name);

    public async Task InitializeAsync()
    {
        if (new RequiresKafkaFactAttribute().Skip is not null)
        {
            return;
        }

        await Task.WhenAll(Kafka.InitializeAsync(), Postgres.InitializeAsync());
        await Kafka.CreateTopicAsync(AggregateTopics.Progress, 1, new() { ["cleanup.policy"] = "compact" });
        await File.WriteAllTextAsync(PathOf("registry.yaml"), "source: { prefix: t, tables: [public.sale] }\n");
        _registry = RegistryService.Build(
            [$"--Streams:File={PathOf("registry.yaml")}", "--Streams:Http:Url=http://127.0.0.1:0", $"--Streams:Kafka:BootstrapServers={Kafka.BootstrapServers}", "--Streams:RegistryService:ReplicationFactor=1"]);
        await _registry.StartAsync();
        using var http = new HttpClient();
        await Eventually.Async(async () => (await http.GetAsync($"{RegistryUrl}/readyz")).IsSuccessStatusCode, TimeSpan.FromSeconds(20), "the registry is ready");
    }

    public async Task DisposeAsync()
    {
        if (_registry is not null)
        {
            await _registry.DisposeAsync();
            await Postgres.DisposeAsync();
            await Kafka.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>The servers are shared; each test has a database, an aggregate and a group of its own.</summary>
[CollectionDefinition(Name)]
public sealed class AnalyticsCollection : ICollectionFixture<AnalyticsServers>
{
    public const string Name = "analytics";
}
