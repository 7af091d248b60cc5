using System.Globalization;
using Confluent.Kafka;
using Npgsql;
using Streams.Configuration;
using Streams.Core.Aggregates;
using Streams.Core.Values;
using Streams.Fixtures;
using Streams.Postgres;
using Streams.Schemas.Aggregates;
using Streams.Schemas.Serdes;

namespace Streams.AnalyticsSink.Tests.Components;

/// <summary>A database with one captured table and one aggregate with its topic, for one test: it plays the processors, the sink is real.</summary>
internal sealed class SinkWorld : IAsyncDisposable
{
    public const int Partitions = 2;

    /// <summary>2026-01-01 00:00 UTC.</summary>
    public const long Start = 1_767_225_600_000_000;
    public const long Hour = 3_600_000_000;

    public const string Measures = """sales: count, revenue: sum(amount), largest: max(amount), best: "top(2, amount)" """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly AnalyticsServers _servers;
    private readonly IProducer<byte[], byte[]> _producer;

    private SinkWorld(AnalyticsServers servers, string name, string connectionString)
    {
        (_servers, Name, ConnectionString) = (servers, name, connectionString);
        Store = NpgsqlDataSource.Create(connectionString);
        _producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = servers.Kafka.BootstrapServers, LingerMs = 5 }).Build();
    }

    /// <summary>Name of the aggregate.</summary>
    public string Name { get; }

    public string ConnectionString { get; }

    public NpgsqlDataSource Store { get; }

    public string DeadLetterTopic => $"{Name}.dlq";

    public string Topic => AggregateTopics.Output(Name);

    private string File => _servers.PathOf($"{Name}.yaml");

    /// <summary>The aggregate as it is declared now.</summary>
    public AggregatePlan Plan { get; private set; } = null!;

    public AggregateTopic Codec { get; private set; } = null!;

    public static async Task<SinkWorld> NewAsync(AnalyticsServers servers, bool withTopic = true)
    {
        var name = Unique.Name("a", "gg");
        var world = new SinkWorld(servers, name, await servers.Postgres.CreateDatabaseAsync(name));
        await world.SqlAsync("CREATE TABLE sale (id bigint PRIMARY KEY, status text, store uuid, amount numeric NOT NULL, at timestamptz NOT NULL)");
        await world.DeclareAsync();
        if (withTopic)
        {
            await world.CreateTopicAsync();
        }

        return world;
    }

    public Task CreateTopicAsync() => _servers.Kafka.CreateTopicAsync(Topic, Partitions, new() { ["cleanup.policy"] = "compact" });

    /// <summary>Writes streams.yaml.</summary>
    public async Task DeclareAsync(string measures = Measures, string groups = "status, store", string? where = null, string window = "{ type: tumbling, size: 1h, on: at, grace: 10m, retain: 1d }")
    {
        await System.IO.File.WriteAllTextAsync(File, $$"""
            source: { prefix: t, tables: [public.sale], decimals: string }
            aggregates:
              - name: {{Name}}
                table: public.sale
                {{(where is null ? "" : $"where: {where}")}}
                {{(groups.Length == 0 ? "" : $"groupBy: [{groups}]")}}
                {{(window.Length == 0 ? "" : $"window: {window}")}}
                partitions: {{Partitions}}
                measures: { {{measures}} }
            """);
        var catalog = await new CatalogReader(Store).ReadAsync("", ["public.sale"], CancellationToken.None);
        Plan = Assert.Single(AggregateBinder.Bind(StreamsFile.Load(File), catalog));
        Codec = new AggregateTopic(Plan, Registries.Connect(_servers.RegistryUrl));
        await Codec.RegisterAsync();
    }

    public string[] Settings(params string[] more) =>
    [
        $"--Streams:File={File}",
        $"--Streams:Kafka:BootstrapServers={_servers.Kafka.BootstrapServers}",
        $"--Streams:Postgres:ConnectionString={ConnectionString}",
        $"--Streams:Registry:Url={_servers.RegistryUrl}",
        $"--Streams:AnalyticsSink:Group={Name}",
        $"--Streams:AnalyticsSink:DeadLetterTopic={DeadLetterTopic}",
        "--Streams:AnalyticsSink:BatchWait=00:00:00.020",
        "--Streams:AnalyticsSink:UpkeepInterval=00:00:00.100",
        .. more,
    ];

    public Task<RunningSink> SinkAsync(params string[] settings) => RunningSink.StartAsync(Settings(settings));

    public Task<SinkProcess> ProcessAsync(params string[] settings) => SinkProcess.StartAsync(_servers.PathOf($"{Name}.log"), Settings([.. settings, $"--Streams:AnalyticsSink:InstanceId={Name}"]));

    /// <summary>A row of the declared default aggregate.</summary>
    public static AggregateRow Row(string? status, int hour, long revision, long epoch = 1, string revenue = "1.50", bool isFinal = false, bool isEmpty = false, Guid? store = null) => new(
        [status is null ? SqlValue.Null : SqlValue.Of(status), store is { } id ? SqlValue.Of(id.ToString()) : SqlValue.Null],
        Start + (hour * Hour),
        Start + ((hour + 1) * Hour),
        isEmpty ? [] :
        [
            new MeasureValue(SqlValue.Null, [new TopEntry(SqlValue.Of(PgNumeric.Parse(revenue)), "7")]),
            MeasureValue.Of(SqlValue.Of(PgNumeric.Parse(revenue))),
            MeasureValue.Of(SqlValue.Of(PgNumeric.Parse(revenue))),
            MeasureValue.Of(SqlValue.Of(revision)),
        ],
        new AggregateVersion(epoch, revision, isFinal),
        new AsOf([revision, 0], 0x1_0000_0000 + revision, Start + (revision * 1_000_000)))
    {
        IsEmpty = isEmpty,
    };

    public static int PartitionOf(AggregateRow row) => (row.Groups.IsEmpty || row.Groups[0].IsNull ? 0 : row.Groups[0].Text.Sum(c => c)) % Partitions;

    /// <summary>Produces rows in this order; returns the end of each partition.</summary>
    public async Task<Dictionary<int, long>> PublishAsync(params IEnumerable<AggregateRow> rows)
    {
        var deliveries = new List<Task<DeliveryResult<byte[], byte[]>>>();
        foreach (var row in rows)
        {
            var (key, value) = await Codec.WriteAsync(row);
            deliveries.Add(ProduceAsync(PartitionOf(row), key, value));
        }

        return (await Task.WhenAll(deliveries)).GroupBy(delivery => delivery.Partition.Value).ToDictionary(same => same.Key, same => same.Max(delivery => delivery.Offset.Value) + 1);
    }

    public Task<DeliveryResult<byte[], byte[]>> ProduceAsync(int partition, byte[] key, byte[]? value) =>
        _producer.ProduceAsync(new TopicPartition(Topic, partition), new Message<byte[], byte[]> { Key = key, Value = value! });

    /// <summary>What the processors say when everything up to a second of the source's clock is in the output.</summary>
    public async Task ProgressAsync(long seconds, long epoch = 1, string? definition = "", bool isPublished = true)
    {
        for (var partition = 0; partition < Partitions; partition++)
        {
            var end = _producer.Handle is { } handle ? await EndAsync(handle, partition) : 0;
            var progress = new AggregateProgress(Name, epoch, partition, end, [new RawProgress(0, seconds, 0x1_0000_0000 + seconds, Start + (seconds * 1_000_000)), new RawProgress(1, seconds, 0x1_0000_0000 + seconds + 5, Start + (seconds * 1_000_000))])
            {
                Definition = definition is "" ? Plan.Hash : definition,
                IsPublished = isPublished,
            };
            await _producer.ProduceAsync(AggregateTopics.Progress, new Message<byte[], byte[]> { Key = System.Text.Encoding.UTF8.GetBytes(progress.Key), Value = progress.Write() });
        }
    }

    private async Task<long> EndAsync(Handle handle, int partition)
    {
        using var admin = new DependentAdminClientBuilder(handle).Build();
        var ends = await admin.ListOffsetsAsync([new Confluent.Kafka.Admin.TopicPartitionOffsetSpec { TopicPartition = new TopicPartition(Topic, partition), OffsetSpec = Confluent.Kafka.Admin.OffsetSpec.Latest() }]);
        return ends.ResultInfos[0].TopicPartitionOffsetError.Offset.Value;
    }

    /// <summary>Waits until the sink has stored positions at or beyond these.</summary>
    public Task StoredAsync(Dictionary<int, long> ends) => Eventually.Async(
        async () =>
        {
            var stored = await RowsAsync($"SELECT o.partition, o.next_offset FROM analytics.streams_offset o JOIN analytics.streams_table t ON t.id = o.table_id WHERE t.definition = '{Plan.Hash}'", silent: true);
            var held = stored.ToDictionary(row => int.Parse(row[0]!, CultureInfo.InvariantCulture), row => long.Parse(row[1]!, CultureInfo.InvariantCulture));
            return ends.All(end => held.GetValueOrDefault(end.Key) >= end.Value);
        },
        Patience,
        $"{Name} is written up to {string.Join(", ", ends)}");

    public async Task PublishAndWaitAsync(params IEnumerable<AggregateRow> rows) => await StoredAsync(await PublishAsync(rows));

    /// <summary>Waits until the served table is as of this second.</summary>
    public Task AsOfAsync(long seconds) => Eventually.Async(
        async () => await RowsAsync($"SELECT 1 FROM analytics.streams_aggregate WHERE aggregate = '{Name}' AND as_of >= timestamptz '2026-01-01 00:00:00+00' + interval '{seconds} s'", silent: true) is [_],
        Patience,
        $"{Name} is as of {seconds} s");

    /// <summary>Rows as texts.</summary>
    public async Task<List<string?[]>> RowsAsync(string sql, bool silent = false)
    {
        try
        {
            await using var command = Store.CreateCommand(sql);
            await using var reader = await command.ExecuteReaderAsync();
            var rows = new List<string?[]>();
            while (await reader.ReadAsync())
            {
                rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture))]);
            }

            return rows;
        }
        catch (PostgresException exception) when (silent && exception.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            return [];
        }
    }

    /// <summary>The view, by hand: status, hour, sales, revenue, epoch, revision, final.</summary>
    public async Task<string[]> ViewAsync() =>
    [
        .. (await RowsAsync($"""
            SELECT coalesce(status, 'NULL'), (extract(epoch FROM window_start - '2026-01-01 00:00:00+00') / 3600)::int::text, sales::text, revenue::text,
                   streams_epoch::text, streams_revision::text, streams_final::text
            FROM analytics.{Name}
            """)).Select(row => string.Join(' ', row)).Order(StringComparer.Ordinal),
    ];

    /// <summary>What the view must show: the highest version of each key, without empty ones.</summary>
    public static string[] Expected(IEnumerable<AggregateRow> rows) =>
    [
        .. rows.GroupBy(row => (Status: row.Groups[0].ToText() ?? "NULL", Store: row.Groups[1].ToText(), row.WindowStart))
            .Select(same => same.MaxBy(row => row.Version)!)
            .Where(row => !row.IsEmpty)
            .Select(row => string.Create(
                CultureInfo.InvariantCulture,
                $"{row.Groups[0].ToText() ?? "NULL"} {(row.WindowStart - Start) / Hour} {row.Measures[3].Value} {row.Measures[1].Value} {row.Version.Epoch} {row.Version.Revision} {(row.Version.IsFinal ? "true" : "false")}"))
            .Order(StringComparer.Ordinal),
    ];

    public async Task SqlAsync(string sql)
    {
        await using var command = Store.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The first parked record.</summary>
    public async Task<ConsumeResult<byte[], byte[]>> ParkedAsync()
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = _servers.Kafka.BootstrapServers }).Build();
        await Eventually.Async(() => admin.GetMetadata(TimeSpan.FromSeconds(5)).Topics.Any(found => found.Topic == DeadLetterTopic), Patience, "the dead-letter topic exists");
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = _servers.Kafka.BootstrapServers, GroupId = $"{Name}.test", AutoOffsetReset = AutoOffsetReset.Earliest }).Build();
        consumer.Assign(new TopicPartitionOffset(DeadLetterTopic, 0, Offset.Beginning));
        return consumer.Consume(Patience);
    }

    public async Task DeleteTopicAsync()
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = _servers.Kafka.BootstrapServers }).Build();
        await admin.DeleteTopicsAsync([Topic]);
        await Eventually.Async(() => admin.GetMetadata(TimeSpan.FromSeconds(5)).Topics.All(found => found.Topic != Topic), Patience, "the topic is deleted");
    }

    public async ValueTask DisposeAsync()
    {
        _producer.Dispose();
        await Store.DisposeAsync();
    }
}
