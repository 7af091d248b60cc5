using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Confluent.Kafka;
using Npgsql;
using Streams.Fixtures;
using Streams.Local.Connectors;
using Streams.Postgres;
using Streams.Processors.Tests.Host;

namespace Streams.Processors.Tests.Golden;

/// <summary>What aggregates rest on and the real connector has to do: docs/design/0007-debezium-facts.md.</summary>
[Collection(HostCollection.Name)]
public sealed class DebeziumFactsTests(HostFixture host)
{
    private const string Password = "replication-secret";

    [RequiresKafkaFact]
    public async Task Given_interleaved_transactions_When_they_are_emitted_again_Then_each_event_has_the_same_commit_ordered_sequence()
    {
        var name = Unique.Name("facts");
        await using var source = await DatabaseAsync(name, "CREATE TABLE a (id bigint PRIMARY KEY, v text); CREATE TABLE b (id bigint PRIMARY KEY, v text);");
        using var connect = await ConnectAsync();
        // The slot is not moved, so that an older offset can be resumed from.
        await InstallAsync(connect, source, name, new() { ["flush.lsn.source"] = "false", ["provide.transaction.metadata"] = "true" });
        await ExecuteAsync(source, "INSERT INTO a VALUES (1, 'first')");
        await ReadAsync([$"{name}.public.a"], records => records.Count == 1);
        JsonNode? start = null;
        await Eventually.Async(
            async () => (start = await connect.GetFromJsonAsync<JsonNode>($"connectors/{name}/offsets"))!["offsets"]!.AsArray().Count == 1,
            TimeSpan.FromSeconds(20),
            "an offset");
        await InterleaveAsync(source);
        string[] topics = [$"{name}.public.a", $"{name}.public.b"];
        // Eleven changes after the first.
        var once = await ReadAsync(topics, records => records.Count == 12);

        await EmitAgainAsync(connect, source, name, start!);
        var twice = await ReadAsync(topics, records => records.Count >= once.Count + 11);

        var events = twice.ToLookup(Identity, record => $"{Source(record)["sequence"]} {record.Payload["transaction"]!["total_order"]}");
        Assert.True(events.Where(again => again.Count() > 1).Count() >= 11);
        Assert.All(events, again => Assert.Single(again.Distinct()));
        AssertCommitOrdered(once);
    }

    [RequiresKafkaTheory]
    [InlineData("precise", null, null, null)]
    [InlineData("string", "NAN", "POSITIVE_INFINITY", "NEGATIVE_INFINITY")]
    public async Task Given_numbers_that_are_not_finite_When_they_are_captured_Then_only_strings_tell_them_from_null(
        string mode, string? nan, string? infinity, string? minus)
    {
        var name = Unique.Name($"facts_{mode}");
        await using var source = await DatabaseAsync(
            name, "CREATE TABLE a (id int PRIMARY KEY, n numeric, m numeric(12,2)); INSERT INTO a VALUES (1, 'NaN', 'NaN'), (2, 'Infinity', 1), (3, '-Infinity', 1);");
        using var connect = await ConnectAsync();
        await InstallAsync(connect, source, name, new() { ["decimal.handling.mode"] = mode, ["snapshot.mode"] = "initial" });
        await ReadAsync([$"{name}.public.a"], records => records.Count == 3);
        await ExecuteAsync(source, "INSERT INTO a SELECT id + 3, n, m FROM a ORDER BY id");

        var rows = (await ReadAsync([$"{name}.public.a"], records => records.Count == 6)).Select(record => record.Payload["after"]!).ToList();

        Assert.Equal([nan, infinity, minus, nan, infinity, minus], rows.Select(row => row["n"]?.GetValue<string>()));
        Assert.Equal([nan, nan], new[] { rows[0], rows[3] }.Select(row => row["m"]?.GetValue<string>()));
        await connect.DeleteAsync($"connectors/{name}");
    }

    [RequiresKafkaFact]
    public async Task Given_the_least_privileged_role_When_an_incremental_snapshot_is_signalled_Then_its_rows_come_and_a_notification_of_its_end()
    {
        var name = Unique.Name("facts");
        await using var source = await DatabaseAsync(
            name, "CREATE TABLE a (x int, y text, v text, PRIMARY KEY (x, y)); INSERT INTO a SELECT g, 'k', 'v' FROM generate_series(1, 30) g;");
        using var connect = await ConnectAsync();
        await InstallAsync(connect, source, name, new()
        {
            ["signal.data.collection"] = "streams.signal",
            ["incremental.snapshot.chunk.size"] = "10",
            ["notification.enabled.channels"] = "sink",
            ["notification.sink.topic.name"] = $"{name}.notifications",
        });
        await ExecuteAsync(source, "UPDATE a SET v = 'w' WHERE x = 1");
        await ExecuteAsync(source, """INSERT INTO streams.signal VALUES ('one', 'execute-snapshot', '{"type":"incremental","data-collections":["public.a"]}')""");

        var notifications = await ReadAsync([$"{name}.notifications"], records => records.Any(record => record.Payload["type"]!.GetValue<string>() == "COMPLETED"));
        // Sent before it, to another partition: at least once, they may become readable after it (docs/design/0007, 4).
        var rows = (await ReadAsync([$"{name}.public.a"], records => records.Count(IsRead) >= 30)).Where(IsRead).ToList();

        Assert.Equal(30, rows.Count);
        Assert.All(rows, row => Assert.Equal("incremental", Source(row)["snapshot"]!.GetValue<string>()));
        Assert.All(rows, row => Assert.Null(Source(row)["lsn"]));
        Assert.All(rows, row => Assert.NotNull(Sequence(row).Commit));
        var scanned = notifications.Single(record => record.Payload["type"]!.GetValue<string>() == "TABLE_SCAN_COMPLETED").Payload["additional_data"]!;
        Assert.Equal("SUCCEEDED", scanned["status"]!.GetValue<string>());
        Assert.Equal("30", scanned["total_rows_scanned"]!.GetValue<string>());
        await connect.DeleteAsync($"connectors/{name}");

        static bool IsRead(Captured record) => record.Payload["op"]!.GetValue<string>() == "r";
    }

    /// <summary>Two sessions; the one whose first change comes first commits last. Then a COPY of three rows.</summary>
    private static async Task InterleaveAsync(NpgsqlDataSource source)
    {
        await using var late = await source.OpenConnectionAsync();
        await using var early = await source.OpenConnectionAsync();
        await RunAsync(late, "BEGIN; INSERT INTO a VALUES (10, 'x'), (11, 'x')");
        await RunAsync(early, "BEGIN; INSERT INTO a VALUES (20, 'y'); INSERT INTO b VALUES (21, 'y'), (22, 'y')");
        await RunAsync(late, "INSERT INTO b VALUES (12, 'x')");
        await RunAsync(early, "UPDATE a SET id = 23 WHERE id = 20; COMMIT");
        await RunAsync(late, "COMMIT");
        await using var copy = await late.BeginTextImportAsync("COPY a FROM STDIN");
        await copy.WriteAsync("30\tc\n31\tc\n32\tc\n");
    }

    private static async Task EmitAgainAsync(HttpClient connect, NpgsqlDataSource source, string name, JsonNode offsets)
    {
        (await connect.PutAsync($"connectors/{name}/stop", null)).EnsureSuccessStatusCode();
        await Eventually.Async(
            async () => (await connect.PatchAsJsonAsync($"connectors/{name}/offsets", offsets)).IsSuccessStatusCode, TimeSpan.FromSeconds(20), "the older offset is taken");
        await Eventually.Async(async () => !await StreamsAsync(source, name), TimeSpan.FromSeconds(20), "the slot is free");
        (await connect.PutAsync($"connectors/{name}/resume", null)).EnsureSuccessStatusCode();
    }

    private static void AssertCommitOrdered(List<Captured> records)
    {
        var transactions = records.GroupBy(record => Source(record)["txId"]!.GetValue<long>()).ToDictionary(group => group.Key, group => group.ToList());
        // The same for all changes of a transaction, in every table.
        Assert.All(transactions.Values, changes => Assert.Single(changes.Select(change => Sequence(change).Commit).Distinct()));
        List<Captured> Of(int id) => transactions[Source(records.First(record => record.Payload["after"]?["id"]!.GetValue<int>() == id))["txId"]!.GetValue<long>()];
        var (early, late, copy) = (Of(20), Of(10), Of(30));
        Assert.True(Sequence(early[0]).Commit < Sequence(late[0]).Commit);
        Assert.True(Sequence(late[0]).Commit < Sequence(copy[0]).Commit);
        // It is where the commit before ended, so it is below the changes, not above.
        Assert.All(early, change => Assert.True(Sequence(change).Commit <= Sequence(change).Change));
        Assert.Single(copy.Select(change => Sequence(change).Change).Distinct());
        Assert.Equal([1, 2, 3], copy.Select(change => change.Payload["transaction"]!["total_order"]!.GetValue<int>()));
        var pair = early.Where(change => change.Payload["op"]!.GetValue<string>() == "d" || change.Payload["after"]?["id"]!.GetValue<int>() == 23).ToList();
        Assert.Equal(2, pair.Count);
        Assert.Equal(Sequence(pair[0]), Sequence(pair[1]));
        // A topic has one partition here.
        foreach (var topic in records.GroupBy(record => record.Topic))
        {
            var sequences = topic.Select(Sequence).Select(sequence => (sequence.Commit ?? 0, sequence.Change)).ToList();
            Assert.Equal(sequences.Order(), sequences);
        }
    }

    private static JsonNode Source(Captured record) => record.Payload["source"]!;

    private static (long? Commit, long Change) Sequence(Captured record)
    {
        var pair = JsonNode.Parse(Source(record)["sequence"]!.GetValue<string>())!.AsArray();
        return (pair[0] is { } commit ? Number(commit) : null, Number(pair[1]!));
    }

    private static long Number(JsonNode text) => long.Parse(text.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture);

    private static string Identity(Captured record) => $"{record.Topic} {record.Key} {record.Payload["op"]} {Source(record)["lsn"]}";

    private async Task<HttpClient> ConnectAsync() =>
        new() { BaseAddress = new Uri((await host.Kafka.ConnectAsync()).Address), Timeout = TimeSpan.FromSeconds(10) };

    private async Task<NpgsqlDataSource> DatabaseAsync(string name, string tables)
    {
        var source = NpgsqlDataSource.Create(await host.Postgres.CreateDatabaseAsync(name));
        await StreamsMigrations.ApplyAsync(source);
        await ExecuteAsync(source, tables);
        await ExecuteAsync(source, "CREATE PUBLICATION streams_publication FOR TABLES IN SCHEMA public, TABLE streams.signal");
        await ExecuteAsync(source, "GRANT USAGE ON SCHEMA public TO streams_replication; GRANT SELECT ON ALL TABLES IN SCHEMA public TO streams_replication");
        await ExecuteAsync(source, $"ALTER ROLE streams_replication PASSWORD '{Password}'");
        return source;
    }

    private async Task InstallAsync(HttpClient connect, NpgsqlDataSource source, string name, Dictionary<string, string> settings)
    {
        var postgres = new NpgsqlConnectionStringBuilder(host.Postgres.ConnectionString);
        var config = new Dictionary<string, string>
        {
            ["connector.class"] = "io.debezium.connector.postgresql.PostgresConnector",
            ["tasks.max"] = "1",
            ["database.hostname"] = postgres.Host!,
            ["database.port"] = $"{postgres.Port}",
            ["database.user"] = "streams_replication",
            ["database.password"] = Password,
            ["database.dbname"] = name,
            ["topic.prefix"] = name,
            ["plugin.name"] = "pgoutput",
            ["slot.name"] = name,
            ["publication.name"] = "streams_publication",
            ["publication.autocreate.mode"] = "disabled",
            ["schema.include.list"] = "public",
            ["snapshot.mode"] = "no_data",
            ["poll.interval.ms"] = "20",
            ["tombstones.on.delete"] = "false",
            ["topic.creation.default.replication.factor"] = "1",
            ["topic.creation.default.partitions"] = "1",
        };
        foreach (var (key, value) in settings)
        {
            config[key] = value;
        }

        var installer = new ConnectorInstaller(connect.BaseAddress!, connect, TimeProvider.System) { Streams = _ => StreamsAsync(source, name) };
        await installer.InstallAsync(new ConnectorDefinition(name, config), CancellationToken.None);
    }

    /// <summary>Reads topics of one partition from their start until enough is there.</summary>
    private async Task<List<Captured>> ReadAsync(string[] topics, Func<List<Captured>, bool> enough)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = host.Kafka.BootstrapServers, GroupId = Unique.Name("facts"), EnableAutoCommit = false,
            TopicMetadataRefreshIntervalMs = 500, IsolationLevel = IsolationLevel.ReadCommitted, EnablePartitionEof = true,
        }).Build();
        consumer.Assign(topics.Select(topic => new TopicPartitionOffset(topic, 0, Offset.Beginning)));
        var records = new List<Captured>();
        var ended = new HashSet<string>();
        await Eventually.Async(
            () =>
            {
                while (Next(consumer) is { } result)
                {
                    if (result.IsPartitionEOF)
                    {
                        ended.Add(result.Topic);
                    }
                    else
                    {
                        records.Add(new Captured(result.Topic, Encoding.UTF8.GetString(result.Message.Key), JsonNode.Parse(result.Message.Value)!));
                    }
                }

                return ended.Count == topics.Length && enough(records);
            },
            TimeSpan.FromSeconds(45),
            $"enough records in {string.Join(", ", topics)}");
        return records;
    }

    private static ConsumeResult<byte[], byte[]>? Next(IConsumer<byte[], byte[]> consumer)
    {
        try
        {
            return consumer.Consume(TimeSpan.FromMilliseconds(50));
        }
        catch (ConsumeException exception) when (exception.Error.Code == ErrorCode.UnknownTopicOrPart)
        {
            // The connector makes the topic with its first record.
            return null;
        }
    }

    private static async Task<bool> StreamsAsync(NpgsqlDataSource source, string slot)
    {
        await using var command = source.CreateCommand($"SELECT count(*) FROM pg_replication_slots WHERE slot_name = '{slot}' AND active");
        return (long)(await command.ExecuteScalarAsync())! == 1;
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var connection = await source.OpenConnectionAsync();
        await RunAsync(connection, sql);
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private sealed record Captured(string Topic, string Key, JsonNode Payload);
}
