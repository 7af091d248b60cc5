using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Npgsql;
using Streams.Core.Aggregates;
using Streams.Core.Rules;
using Streams.IngestApi;
using Streams.Local.Connectors;
using Streams.Postgres;

namespace Streams.Cli.Stack;

/// <summary>What must be in place before the services: schema and roles, topics, the connector. Every step may be repeated.</summary>
public static class StackSetup
{
    /// <summary>Partitions of the invalidation topic.</summary>
    public const int Lanes = 8;

    private const int RawPartitions = 4;
    private const string DayMs = "86400000";
    private const string WeekMs = "604800000";
    private const string MonthMs = "2592000000";

    /// <summary>Schemas <c>streams</c> and <c>public</c> (the shop), and the password of the replication role.</summary>
    public static async Task MigrateAsync(string connectionString, string? replicationPassword, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await StreamsMigrations.ApplyAsync(source, cancellationToken);
        await ShopMigrations.ApplyAsync(source, cancellationToken);
        if (replicationPassword is not null)
        {
            // ALTER ROLE takes no parameters; format() quotes the literal on the server.
            await using var quote = source.CreateCommand("SELECT format('ALTER ROLE streams_replication PASSWORD %L', $1)");
            quote.Parameters.AddWithValue(replicationPassword);
            await using var alter = source.CreateCommand((string)(await quote.ExecuteScalarAsync(cancellationToken))!);
            await alter.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>
    /// Topics that no service creates by itself. Existing ones stay as they are. The raw ones would come with their first record, and a consumer
    /// would learn of them only at its next look for topics: made now, the first change is as quick as any.
    /// </summary>
    public static async Task CreateTopicsAsync(string bootstrapServers, StreamsDefinition definition)
    {
        var captured = definition.Source;
        var config = new AdminClientConfig { BootstrapServers = bootstrapServers, BrokerAddressFamily = BrokerAddressFamily.V4 };
        using var admin = new AdminClientBuilder(config).SetLogHandler((_, _) => { }).Build();
        TopicSpecification[] topics =
        [
            Topic("streams.invalidations", Lanes, WeekMs),
            Topic("streams.processors.dlq", 1, MonthMs),
            Topic("streams.invalidation-sink.dlq", 1, MonthMs),
            .. captured.Tables.Select(table => Topic($"{captured.Prefix}.{table}", RawPartitions, WeekMs)),
            Topic($"{captured.Prefix}.streams.heartbeat", 1, DayMs),
            Compacted(AggregateTopics.Progress, 1),
            .. definition.Aggregates.SelectMany(aggregate => new[]
            {
                Compacted(AggregateTopics.Output(aggregate.Name), aggregate.Partitions),
                Topic(AggregateTopics.Partials(aggregate.Name), aggregate.Partitions, WeekMs),
            }),
            .. definition.Aggregates.Where(aggregate => aggregate.Window is not null).Select(aggregate => LateTopic(aggregate.Name, aggregate.Partitions)),
        ];
        try
        {
            await admin.CreateTopicsAsync(topics);
        }
        catch (CreateTopicsException exception) when (exception.Results.All(result => result.Error.Code is ErrorCode.NoError or ErrorCode.TopicAlreadyExists))
        {
            return;
        }
    }

    /// <summary>Puts every connector of a folder in place and waits until it streams: Connect says RUNNING and the connector holds its slot.</summary>
    public static async Task InstallConnectorsAsync(
        string connect, string folder, string connectionString, Func<string, string?> variable, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        using var http = new HttpClient();
        foreach (var file in Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            var definition = ConnectorDefinition.Read(file, variable);
            var slot = definition.Config["slot.name"];
            var installer = new ConnectorInstaller(new Uri(connect), http, TimeProvider.System)
            {
                Streams = async token => (await new Primary(source).SlotAsync(slot, token)).Active,
            };
            await installer.InstallAsync(definition, cancellationToken);
        }
    }

    private static TopicSpecification Topic(string name, int partitions, string retentionMs) => new()
    {
        Name = name, NumPartitions = partitions, ReplicationFactor = -1, Configs = new() { ["cleanup.policy"] = "delete", ["retention.ms"] = retentionMs },
    };

    /// <summary>A report that is repeated replaces the first; after a while they go.</summary>
    private static TopicSpecification LateTopic(string aggregate, int partitions) => new()
    {
        Name = AggregateTopics.Late(aggregate), NumPartitions = partitions, ReplicationFactor = -1,
        Configs = new() { ["cleanup.policy"] = "compact,delete", ["retention.ms"] = $"{AggregateTopics.LateRetention.TotalMilliseconds:F0}" },
    };

    private static TopicSpecification Compacted(string name, int partitions) => new()
    {
        Name = name, NumPartitions = partitions, ReplicationFactor = -1, Configs = new() { ["cleanup.policy"] = "compact", ["min.compaction.lag.ms"] = DayMs },
    };
}
