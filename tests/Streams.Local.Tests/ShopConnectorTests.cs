using System.Diagnostics;
using System.Text.Json.Nodes;
using Confluent.Kafka;
using Npgsql;
using Streams.Core.Errors;
using Streams.Fixtures;
using Streams.Local.Connectors;
using Streams.Local.Servers;
using Streams.Postgres;

namespace Streams.Local.Tests;

/// <summary>The connector file of the shop on real Postgres, Kafka, Connect and Debezium.</summary>
public sealed class ShopConnectorTests(PostgresFixture postgres, KafkaFixture kafka) : IClassFixture<PostgresFixture>, IClassFixture<KafkaFixture>
{
    private const string Password = "replication-secret";

    [RequiresKafkaFact]
    public async Task Given_the_shop_When_the_connector_is_installed_Then_changes_arrive_and_a_recreated_slot_is_refused()
    {
        await MigrateAsync();
        var connect = await kafka.ConnectAsync();
        using var http = new HttpClient();
        var installer = new ConnectorInstaller(new Uri(connect.Address), http, TimeProvider.System) { Streams = _ => SlotIsActiveAsync() };

        await installer.InstallAsync(Definition(Password), CancellationToken.None);
        await installer.InstallAsync(Definition(Password), CancellationToken.None);
        await ExecuteAsync("INSERT INTO category (name) VALUES ('books')", "UPDATE category SET name = 'Books'", "DELETE FROM category", "TRUNCATE category CASCADE", "INSERT INTO category (name) VALUES ('kept')");

        var records = Consume("shop.public.category", 6);
        // TRUNCATE has no key, so it lands in a partition of its own choice: only the row's own records are ordered.
        var rows = records.Where(record => Op(record) != "t").ToList();
        Assert.Equal(["c", "u", "d", null], rows.Take(4).Select(Op));
        Assert.Equal("books", JsonNode.Parse(rows[1]!)!["before"]!["name"]!.GetValue<string>());
        Assert.Equal(6, records.Count);
        Assert.Equal(2, Consume("shop.streams.heartbeat", 2).Count);
        Assert.Equal(2, Consume("shop.transaction", 2).Count);

        await RecreateSlotWhileStoppedAsync(connect);
        var error = await Assert.ThrowsAsync<StreamsException>(() => installer.InstallAsync(Definition(Password), CancellationToken.None));
        Assert.Equal("STR7021", error.Error.Code);
        Assert.Contains("no longer available on the server", error.Message, StringComparison.Ordinal);
    }

    [RequiresKafkaFact]
    public async Task Given_a_wrong_password_When_the_connector_is_installed_Then_the_error_says_so_and_not_the_password()
    {
        await MigrateAsync();
        var connect = await kafka.ConnectAsync();
        using var http = new HttpClient();
        var definition = Definition("wrong-secret") with { Name = "wrong" };

        var error = await Assert.ThrowsAsync<StreamsException>(
            () => new ConnectorInstaller(new Uri(connect.Address), http, TimeProvider.System).InstallAsync(definition, CancellationToken.None));

        Assert.Equal("STR7021", error.Error.Code);
        Assert.Contains("password authentication failed", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-secret", error.Message, StringComparison.Ordinal);
    }

    private static string? Op(string? record) => record is null ? null : JsonNode.Parse(record)!["op"]!.GetValue<string>();

    private ConnectorDefinition Definition(string password)
    {
        var database = new NpgsqlConnectionStringBuilder(postgres.ConnectionString);
        return ConnectorDefinition.Read(Repository.PathOf("debezium", "connectors", "shop.json"), name => name switch
        {
            "STREAMS__SOURCE__DATABASEHOST" => database.Host,
            "STREAMS__SOURCE__DATABASEPORT" => $"{database.Port}",
            "STREAMS__SOURCE__DATABASENAME" => database.Database,
            "STREAMS__SOURCE__REPLICATIONPASSWORD" => password,
            _ => null,
        });
    }

    private async Task MigrateAsync()
    {
        await using var source = NpgsqlDataSource.Create(postgres.ConnectionString);
        await StreamsMigrations.ApplyAsync(source);
        await new MigrationRunner(source).ApplyAsync(ShopMigrations.Set, CancellationToken.None);
        await ExecuteAsync($"ALTER ROLE streams_replication PASSWORD '{Password}'");
    }

    private async Task RecreateSlotWhileStoppedAsync(ConnectServer connect)
    {
        await connect.StopAsync();
        await Eventually.Async(
            async () => !await SlotIsActiveAsync(),
            TimeSpan.FromSeconds(10),
            "slot released");
        await ExecuteAsync(
            "SELECT pg_drop_replication_slot('streams_shop')",
            "INSERT INTO category (name) VALUES ('lost')",
            "SELECT pg_create_logical_replication_slot('streams_shop', 'pgoutput')",
            "INSERT INTO category (name) VALUES ('after')");
        await connect.StartAsync();
    }

    private async Task<bool> SlotIsActiveAsync()
    {
        await using var source = NpgsqlDataSource.Create(postgres.ConnectionString);
        return (await new Primary(source).SlotAsync("streams_shop", CancellationToken.None)).Active;
    }

    private async Task ExecuteAsync(params string[] statements)
    {
        await using var source = NpgsqlDataSource.Create(postgres.ConnectionString);
        foreach (var sql in statements)
        {
            await using var command = source.CreateCommand(sql);
            await command.ExecuteNonQueryAsync();
        }
    }

    private List<string?> Consume(string topic, int count)
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = kafka.BootstrapServers, GroupId = Unique.Name("g"), AutoOffsetReset = AutoOffsetReset.Earliest,
            AllowAutoCreateTopics = false, TopicMetadataRefreshIntervalMs = 500,
        };
        using var consumer = new ConsumerBuilder<string, string?>(config).Build();
        consumer.Subscribe(topic);
        var found = new List<string?>();
        var watch = Stopwatch.StartNew();
        while (found.Count < count && watch.Elapsed < TimeSpan.FromSeconds(30))
        {
            try
            {
                if (consumer.Consume(TimeSpan.FromSeconds(1)) is { } record)
                {
                    found.Add(record.Message.Value);
                }
            }
            catch (ConsumeException exception) when (exception.Error.Code == ErrorCode.UnknownTopicOrPart)
            {
                // Debezium makes the topic with its first record.
                continue;
            }
        }

        consumer.Close();
        return found;
    }
}
