using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Confluent.Kafka;
using Npgsql;
using StackExchange.Redis;
using Streams.Cache.Reading;
using Streams.Cache.Store;
using Streams.Core.Fencing;
using Streams.Fixtures;
using Streams.Postgres;
using Streams.Schemas;
using Streams.Schemas.Serdes;

namespace Streams.InvalidationSink.Tests.Components;

/// <summary>A database, a topic of four lanes and an empty Redis for one test: it plays the source and the readers, the sink is real.</summary>
internal sealed class SinkWorld : IAsyncDisposable
{
    public const int Lanes = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly SinkServers _servers;
    private readonly AvroTopic<InvalidationKey, InvalidationEvent> _serdes;
    private readonly IProducer<byte[], byte[]> _producer;
    private readonly string _connectionString;

    private SinkWorld(SinkServers servers, string name, string connectionString, IConnectionMultiplexer redis)
    {
        (_servers, Topic, _connectionString, Redis) = (servers, name, connectionString, redis);
        Source = NpgsqlDataSource.Create(connectionString);
        _serdes = new AvroTopic<InvalidationKey, InvalidationEvent>(name, Registries.Connect(servers.RegistryUrl));
        _producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = servers.Kafka.BootstrapServers }).Build();
        Cache = new FencedCache(redis, Source, new FencedCacheOptions(), TimeProvider.System);
    }

    public string Topic { get; }

    public string DeadLetterTopic => $"{Topic}.dlq";

    public NpgsqlDataSource Source { get; }

    public IConnectionMultiplexer Redis { get; }

    public FencedCache Cache { get; }

    public static async Task<SinkWorld> NewAsync(SinkServers servers, [CallerMemberName] string test = "")
    {
        var name = Unique.Name("sink", test);
        var connectionString = await servers.Postgres.CreateDatabaseAsync(name);
        await servers.Redis.FlushAsync();
        await servers.Kafka.CreateTopicAsync(name, Lanes);
        var world = new SinkWorld(servers, name, connectionString, await RedisConnection.OpenAsync(servers.Redis.Configuration));
        await StreamsMigrations.ApplyAsync(world.Source);
        await world.SqlAsync("CREATE TABLE item (id bigint PRIMARY KEY, body text NOT NULL)");
        await world._serdes.RegisterAsync();
        return world;
    }

    public Task<RunningSink> SinkAsync(params string[] settings) => RunningSink.StartAsync(
    [
        $"--Streams:File={_servers.RulesFile}",
        $"--Streams:Kafka:BootstrapServers={_servers.Kafka.BootstrapServers}",
        $"--Streams:Redis:Configuration={_servers.Redis.Configuration}",
        $"--Streams:Postgres:ConnectionString={_connectionString}",
        $"--Streams:Registry:Url={_servers.RegistryUrl}",
        $"--Streams:InvalidationSink:Topic={Topic}",
        $"--Streams:InvalidationSink:Group={Topic}",
        $"--Streams:InvalidationSink:DeadLetterTopic={DeadLetterTopic}",
        "--Streams:InvalidationSink:AuditEvery=1",
        "--Streams:InvalidationSink:PollInterval=00:00:00.2",
        .. settings,
    ]);

    /// <summary>Writes the row; returns the transaction's id.</summary>
    public async Task<ulong> WriteAsync(int id, string body)
    {
        await using var command = Source.CreateCommand(
            $"INSERT INTO item VALUES ({id}, '{body}') ON CONFLICT (id) DO UPDATE SET body = excluded.body RETURNING pg_current_xact_id()::text");
        return ulong.Parse((string)(await command.ExecuteScalarAsync())!, CultureInfo.InvariantCulture);
    }

    public async Task SqlAsync(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Writes the row and what the processors would say of it.</summary>
    public async Task ChangeAsync(int id, string body, string target, Strategy strategy = Strategy.UNLINK) =>
        await EmitAsync(target, await WriteAsync(id, body), id, strategy);

    public async Task<DeliveryResult<byte[], byte[]>> EmitAsync(string target, ulong xid, int id = 1, Strategy strategy = Strategy.UNLINK)
    {
        var change = new InvalidationEvent
        {
            target = target,
            kind = target.Contains('*', StringComparison.Ordinal) ? TargetKind.TAG : TargetKind.KEY,
            rule = target.StartsWith("fresh", StringComparison.Ordinal) ? "fresh" : "item",
            strategy = strategy,
            entity = "public.item",
            primaryKey = new Dictionary<string, string> { ["id"] = id.ToString(CultureInfo.InvariantCulture) },
            parameters = new Dictionary<string, string> { ["id"] = id.ToString(CultureInfo.InvariantCulture) },
            op = Operation.UPDATE,
            xid = (uint)xid,
            commitTime = TimeProvider.System.GetUtcNow().UtcDateTime,
            sourceTopic = "t.public.item",
        };
        return await ProduceAsync(target, await KeyAsync(target), await _serdes.WriteValueAsync(change));
    }

    public Task<byte[]> KeyAsync(string target) => _serdes.WriteKeyAsync(new InvalidationKey { target = target });

    public Task<DeliveryResult<byte[], byte[]>> ProduceAsync(string target, byte[]? key, byte[]? value) => _producer.ProduceAsync(
        new TopicPartition(Topic, LaneOf(target)), new Message<byte[], byte[]> { Key = key!, Value = value! });

    public static int LaneOf(string target) => CacheSlot.Of(target).Lane(Lanes);

    public Task<CachedRead> ReadAsync(int id, string prefix = "item", params string[] tags) => Cache.ReadAsync(
        new CacheEntry($"{prefix}:{id}", [$"{prefix}:*", .. tags], TimeSpan.FromMinutes(5)),
        new CacheQuery("SELECT body FROM item WHERE id = @id", [("id", (long)id)]),
        null,
        CancellationToken.None);

    public static string Text(CachedRead read) => Encoding.UTF8.GetString(read.Payload!.Value.Span);

    /// <summary>Reads until the value is in the cache.</summary>
    public async Task FillAsync(int id, string prefix = "item", params string[] tags) => await Eventually.Async(
        async () => await ReadAsync(id, prefix, tags) is { Stored: true } or { Outcome: CacheOutcome.Hit }, Patience, $"{prefix}:{id} is cached");

    public Task<bool> ExistsAsync(string key) => Redis.GetDatabase().KeyExistsAsync(key);

    public async Task GoneAsync(string key) => await Eventually.Async(async () => !await ExistsAsync(key), Patience, $"{key} is gone");

    /// <summary>The fence of a target has reached an offset: its invalidation is applied.</summary>
    public async Task AppliedAsync(DeliveryResult<byte[], byte[]> record) => await Eventually.Async(
        async () => (long?)await Redis.GetDatabase().HashGetAsync($"streams:a:{record.Partition.Value}", "a") > record.Offset.Value,
        Patience,
        $"lane {record.Partition.Value} applied beyond {record.Offset.Value}");

    /// <summary>The first parked record.</summary>
    public async Task<ConsumeResult<byte[], byte[]>> ParkedAsync()
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = _servers.Kafka.BootstrapServers,
            GroupId = $"{Topic}.test",
            AutoOffsetReset = AutoOffsetReset.Earliest,
            AllowAutoCreateTopics = false,
        }).Build();
        await Eventually.Async(() => _servers.HasTopic(DeadLetterTopic), Patience, "the dead-letter topic exists");
        consumer.Assign(new TopicPartitionOffset(DeadLetterTopic, 0, Offset.Beginning));
        return consumer.Consume(Patience);
    }

    public async ValueTask DisposeAsync()
    {
        _producer.Dispose();
        await Redis.DisposeAsync();
        await Source.DisposeAsync();
    }
}
