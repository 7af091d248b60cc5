using System.Text.Json.Nodes;
using Confluent.Kafka;
using Npgsql;
using Streams.Debezium;
using Streams.Fixtures;
using Streams.Local.Connectors;
using Streams.Processors.Tests.Host;

namespace Streams.Processors.Tests.Golden;

/// <summary>The real connector on the real Postgres: what it writes is decoded, and each column's text compared with <c>column::text</c>.</summary>
[Collection(HostCollection.Name)]
public sealed class DebeziumTests(HostFixture host)
{
    [RequiresKafkaTheory]
    [InlineData(false, "json.json")]
    [InlineData(true, "json-with-schema.json")]
    public async Task Given_the_real_connector_When_rows_of_every_type_change_Then_each_column_reads_as_Postgres_casts_it(bool schema, string file)
    {
        var name = Unique.Name(schema ? "dbz_schema" : "dbz");
        await using var source = NpgsqlDataSource.Create(await host.Postgres.CreateDatabaseAsync(name));
        await ExecuteAsync(source, AllTypes.Table);
        await ExecuteAsync(source, "CREATE PUBLICATION streams_publication FOR TABLE all_types");
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        var installer = new ConnectorInstaller(new Uri((await host.Kafka.ConnectAsync()).Address), http, TimeProvider.System)
        {
            Streams = async _ => await ScalarAsync(source, $"SELECT count(*)::text FROM pg_replication_slots WHERE slot_name = '{name}' AND active") == "1",
        };
        await installer.InstallAsync(Definition(name, schema), CancellationToken.None);

        var captured = await RunAsync(source, name);

        foreach (var golden in captured)
        {
            var change = AllTypes.Decode(golden.Envelope);
            AllTypes.AssertText(golden.Before, change.Before, golden.Name);
            AllTypes.AssertText(golden.After, change.After, golden.Name);
        }

        GoldenEnvelopes.Write(file, captured);
        await http.DeleteAsync(new Uri($"{(await host.Kafka.ConnectAsync()).Address}/connectors/{name}"));
    }

    /// <summary>Runs the script; each statement is its own transaction, and its records are awaited before the next.</summary>
    private async Task<List<GoldenEnvelope>> RunAsync(NpgsqlDataSource source, string prefix)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = host.Kafka.BootstrapServers, GroupId = $"{prefix}.reader", EnableAutoCommit = false, AutoOffsetReset = AutoOffsetReset.Earliest,
            TopicMetadataRefreshIntervalMs = 500, IsolationLevel = IsolationLevel.ReadCommitted,
        }).Build();
        consumer.Subscribe($"{prefix}.public.all_types");
        var captured = new List<GoldenEnvelope>();
        foreach (var (step, sql, id) in AllTypes.Script)
        {
            var before = await RowAsync(source, step == "key change" ? 2 : id);
            await ExecuteAsync(source, sql);
            var after = await RowAsync(source, id);
            foreach (var envelope in await NextAsync(consumer, step == "key change" ? 2 : 1, step))
            {
                var deleted = Payload(envelope)["op"]!.GetValue<string>() is "d";
                var sentAfter = Payload(envelope)["after"] is null ? null : after;
                var sentBefore = Payload(envelope)["before"] is null ? null : before;
                captured.Add(new GoldenEnvelope(deleted && step == "key change" ? "key change, old" : step, envelope, sentBefore, sentAfter));
            }
        }

        return captured;
    }

    private static async Task<List<JsonNode>> NextAsync(IConsumer<byte[], byte[]> consumer, int count, string step)
    {
        var envelopes = new List<JsonNode>();
        await Eventually.Async(
            () =>
            {
                try
                {
                    // Tombstones follow deletes and have no envelope.
                    if (consumer.Consume(TimeSpan.FromMilliseconds(50)) is { Message.Value: { } value })
                    {
                        envelopes.Add(JsonNode.Parse(value)!);
                    }
                }
                catch (ConsumeException exception) when (exception.Error.Code == ErrorCode.UnknownTopicOrPart)
                {
                    return false;
                }

                return envelopes.Count == count;
            },
            TimeSpan.FromSeconds(60),
            $"records of '{step}'");
        return envelopes;
    }

    private static JsonNode Payload(JsonNode envelope) => envelope["payload"] ?? envelope;

    private ConnectorDefinition Definition(string name, bool schema)
    {
        var postgres = new NpgsqlConnectionStringBuilder(host.Postgres.ConnectionString);
        return new ConnectorDefinition(name, new Dictionary<string, string>
        {
            ["connector.class"] = "io.debezium.connector.postgresql.PostgresConnector",
            ["tasks.max"] = "1",
            ["database.hostname"] = postgres.Host!,
            ["database.port"] = $"{postgres.Port}",
            ["database.user"] = postgres.Username!,
            ["database.password"] = postgres.Password ?? "",
            ["database.dbname"] = name,
            ["topic.prefix"] = name,
            ["plugin.name"] = "pgoutput",
            ["slot.name"] = name,
            ["publication.name"] = "streams_publication",
            ["publication.autocreate.mode"] = "disabled",
            ["table.include.list"] = "public.all_types",
            ["snapshot.mode"] = "no_data",
            ["skipped.operations"] = "none",
            ["poll.interval.ms"] = "20",
            ["topic.creation.default.replication.factor"] = "1",
            ["topic.creation.default.partitions"] = "1",
            ["value.converter"] = "org.apache.kafka.connect.json.JsonConverter",
            ["value.converter.schemas.enable"] = schema ? "true" : "false",
        });
    }

    private static async Task<Dictionary<string, string?>?> RowAsync(NpgsqlDataSource source, long id)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using (var zone = new NpgsqlCommand("SET TimeZone = 'UTC'; SET DateStyle = 'ISO'", connection))
        {
            await zone.ExecuteNonQueryAsync();
        }

        var columns = AllTypes.Description.Columns.Select(column => column.Name).ToList();
        await using var command = new NpgsqlCommand($"SELECT {string.Join(", ", columns.Select(column => $"{column}::text"))} FROM all_types WHERE id = $1", connection)
        {
            Parameters = { new() { Value = id } },
        };
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync()
            ? columns.Select((column, i) => (column, Text: reader.IsDBNull(i) ? null : reader.GetString(i))).ToDictionary(pair => pair.column, pair => pair.Text)
            : null;
    }

    private static async Task<string?> ScalarAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return (string?)await command.ExecuteScalarAsync();
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
