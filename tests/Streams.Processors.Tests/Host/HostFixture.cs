using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Npgsql;
using Streams.Fixtures;
using Streams.Local.Processes;
using Streams.Local.Servers;
using Streams.Schemas.Serdes;

namespace Streams.Processors.Tests.Host;

/// <summary>Kafka, Postgres and the registry, once for the assembly; each test has topics, group and database of its own.</summary>
public sealed class HostFixture : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streams-processors-").FullName;
    private ServiceProcess? _registry;
    private ISchemaRegistryClient? _schemas;

    public PostgresFixture Postgres { get; } = new();

    public KafkaFixture Kafka { get; } = new();

    public string RegistryUrl => _registry!.Address;

    public ISchemaRegistryClient Schemas => _schemas!;

    public string Folder => _folder;

    public async Task InitializeAsync()
    {
        if (KafkaRuntime.Locate() is null && !Prerequisite.IsCi)
        {
            return;
        }

        await Task.WhenAll(Postgres.InitializeAsync(), Kafka.InitializeAsync());
        _registry = await (await StartRegistryAsync(Ports.Take())).ReadyAsync();
        _schemas = Registries.Connect(RegistryUrl);
    }

    public Task<ServiceProcess> StartRegistryAsync(int port) =>
        ServiceProcess.StartAsync(_folder, "registry", port, $"--Streams:Kafka:BootstrapServers={Kafka.BootstrapServers}");

    public async Task DisposeAsync()
    {
        if (_registry is not null)
        {
            _schemas!.Dispose();
            await _registry.DisposeAsync();
            await Kafka.DisposeAsync();
            await Postgres.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }
}

[CollectionDefinition(Name)]
public sealed class HostCollection : ICollectionFixture<HostFixture>
{
    public const string Name = "host";
}

/// <summary>Names, topics and a database of one test.</summary>
public sealed class TestShop
{
    private readonly HostFixture _host;
    private readonly string _prefix;

    private TestShop(HostFixture host, string name) => (_host, _prefix) = (host, name);

    public string Raw => $"{_prefix}.public.product";

    public string Output => $"{_prefix}.invalidations";

    public string DeadLetters => $"{_prefix}.dlq";

    public string Connection { get; private set; } = "";

    public static async Task<TestShop> CreateAsync(HostFixture host, string name, Dictionary<string, string>? rawSettings = null)
    {
        var shop = new TestShop(host, name) { Connection = await host.Postgres.CreateDatabaseAsync(name) };
        await shop.SqlAsync("""
            CREATE TABLE product (id bigint PRIMARY KEY, name text, price numeric(12,2), category_id bigint, popularity int);
            ALTER TABLE product REPLICA IDENTITY FULL;
            CREATE SCHEMA streams;
            CREATE TABLE streams.heartbeat (id text PRIMARY KEY, ts timestamptz NOT NULL);
            CREATE PUBLICATION streams_publication FOR TABLE product, streams.heartbeat;
            """);
        await host.Kafka.CreateTopicAsync(shop.Raw, 2, rawSettings);
        await host.Kafka.CreateTopicAsync(shop.Output, 4);
        await host.Kafka.CreateTopicAsync(shop.DeadLetters, 1);
        await shop.RulesAsync("""{ name: product, table: public.product, keys: ["product:{id}"], patterns: ["products:category:{category_id}:*"] }""");
        return shop;
    }

    public Task RulesAsync(string rule) => File.WriteAllTextAsync(
        RulesFile, $"source: {{ prefix: {_prefix}, tables: [public.product] }}\ncache:\n  rules:\n    - {rule}\n");

    public async Task SqlAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(Connection) { Pooling = false }.ConnectionString);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public Task<ServiceProcess> StartAsync(params string[] settings) => ServiceProcess.StartAsync(
        _host.Folder, "stream-processors", Ports.Take(),
        [
            $"--Streams:Kafka:BootstrapServers={_host.Kafka.BootstrapServers}", $"--Streams:Postgres:ConnectionString={Connection}",
            $"--Streams:Registry:Url={_host.RegistryUrl}", $"--Streams:File={RulesFile}", $"--Streams:Processors:GroupId={_prefix}",
            $"--Streams:Processors:OutputTopic={Output}", $"--Streams:Processors:DeadLetterTopic={DeadLetters}",
            "--Streams:Processors:CommitIntervalMs=50", "--Streams:Processors:LaneWatchIntervalMs=500", .. settings,
        ]);

    public async Task ProduceAsync(IEnumerable<byte[]?> values, int? partition = null)
    {
        using var producer = new ProducerBuilder<byte[], byte[]?>(new ProducerConfig { BootstrapServers = _host.Kafka.BootstrapServers, LingerMs = 5 }).Build();
        var target = new TopicPartition(Raw, partition ?? Partition.Any);
        await Task.WhenAll(values.Select(value => producer.ProduceAsync(target, new Message<byte[], byte[]?> { Key = [1], Value = value })).ToList());
    }

    /// <summary>Reads a topic from its start until enough is there.</summary>
    public async Task<List<ConsumeResult<byte[], byte[]>>> ReadAsync(string topic, Func<List<ConsumeResult<byte[], byte[]>>, bool> enough)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = _host.Kafka.BootstrapServers, GroupId = $"{_prefix}.reader", EnableAutoCommit = false,
        }).Build();
        var partitions = topic == Output ? 4 : 1;
        consumer.Assign(Enumerable.Range(0, partitions).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
        var records = new List<ConsumeResult<byte[], byte[]>>();
        await Eventually.Async(
            () =>
            {
                while (consumer.Consume(TimeSpan.FromMilliseconds(20)) is { } record)
                {
                    records.Add(record);
                }

                return enough(records);
            },
            TimeSpan.FromSeconds(45),
            $"enough records in {topic}");
        return records;
    }

    public Task<long> CommittedAsync(int partition)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = _host.Kafka.BootstrapServers, GroupId = _prefix }).Build();
        return Task.FromResult(consumer.Committed([new TopicPartition(Raw, partition)], TimeSpan.FromSeconds(10))[0].Offset.Value);
    }

    private string RulesFile => Path.Combine(_host.Folder, $"{_prefix}.yaml");
}
