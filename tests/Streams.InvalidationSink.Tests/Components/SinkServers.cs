using Confluent.Kafka;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Streams.Fixtures;
using Streams.Hosting;
using Streams.Registry;

namespace Streams.InvalidationSink.Tests.Components;

/// <summary>Kafka, Postgres, Redis and a registry, once for the assembly.</summary>
public sealed class SinkServers : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streams-sink-").FullName;
    private WebApplication? _registry;

    public KafkaFixture Kafka { get; } = new();

    public PostgresFixture Postgres { get; } = new();

    public RedisFixture Redis { get; } = new();

    public string RegistryUrl => _registry!.Urls.First();

    /// <summary>Rules of the tests.</summary>
    public string RulesFile => Path.Combine(_folder, "streams.yaml");

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(RulesFile, """
            source: { prefix: t, tables: [public.item] }
            cache:
              rules:
                - { name: item, table: public.item, keys: ["item:{id}"], patterns: ["items:{kind}:*"] }
                - { name: fresh, table: public.item, keys: ["fresh:{id}"], strategy: refresh, query: "SELECT body FROM item WHERE id = @id::bigint" }
            """);
        if (new RequiresKafkaFactAttribute().Skip is not null)
        {
            return;
        }

        await Task.WhenAll(Kafka.InitializeAsync(), Postgres.InitializeAsync(), Redis.InitializeAsync());
        _registry = RegistryService.Build([$"--Streams:File={RulesFile}", "--Streams:Http:Url=http://127.0.0.1:0"], new MemoryRegistryLog());
        await _registry.StartAsync();
    }

    public IAdminClient Admin() => new AdminClientBuilder(new AdminClientConfig { BootstrapServers = Kafka.BootstrapServers }).Build();

    public bool HasTopic(string topic)
    {
        using var admin = Admin();
        return admin.GetMetadata(TimeSpan.FromSeconds(5)).Topics.Any(found => found.Topic == topic);
    }

    public async Task DisposeAsync()
    {
        if (_registry is not null)
        {
            await _registry.DisposeAsync();
            await Redis.DisposeAsync();
            await Postgres.DisposeAsync();
            await Kafka.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>The servers are shared; tests run one after the other, because the lanes' keys in Redis have one name.</summary>
[CollectionDefinition(Name)]
public sealed class SinkCollection : ICollectionFixture<SinkServers>
{
    public const string Name = "sink";
}
