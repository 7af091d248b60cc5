using System.Net.Http.Json;
using System.Text.Json;
using Confluent.Kafka;
using Npgsql;
using StackExchange.Redis;
using Streams.Cli.Stack;
using Streams.Fixtures;
using Streams.Local.Processes;
using Streams.Local.Servers;

namespace Streams.EndToEnd.Tests;

/// <summary>One stack for the whole assembly: the JVMs start once.</summary>
[CollectionDefinition(Name)]
public sealed class StackCollection : ICollectionFixture<StackFixture>
{
    public const string Name = "stack";
}

/// <summary><c>streams up --demo off</c> in a temporary folder, driven from outside by what its endpoints file says.</summary>
public sealed class StackFixture : IAsyncLifetime
{
    public const string Sink = "invalidation-sink";
    public const string Processors = "stream-processors";
    public const string Registry = "registry";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly string _folder = Directory.CreateTempSubdirectory("streams-e2e-").FullName;
    private ChildProcess? _up;
    private NpgsqlDataSource? _postgres;
    private ConnectionMultiplexer? _redis;

    /// <summary>The API.</summary>
    public HttpClient Api { get; private set; } = new();

    /// <summary>Redis as a plain client sees it.</summary>
    public IDatabase Redis => _redis!.GetDatabase();

    /// <summary>The primary.</summary>
    public NpgsqlDataSource Postgres => _postgres!;

    /// <summary>Folder of the stack.</summary>
    public string Folder => _folder;

    public async Task InitializeAsync()
    {
        if (KafkaRuntime.Locate() is null)
        {
            return;
        }

        var assembly = typeof(Endpoints).Assembly.Location;
        _up = await ChildProcess.StartAsync(new ChildCommand("dotnet", [assembly, "up", "--engine", "kafka", "--demo", "off", "--dir", _folder], Path.Combine(_folder, "up.log"))
        {
            DeathSignal = Signals.Terminate, WorkingDirectory = Repository.Root,
        });
        await EventuallyAsync(
            () => _up.ExitCode is { } code ? throw new InvalidOperationException($"up ended with {code}: {_up.LogTail()}") : Task.FromResult(Endpoints.TryRead(_folder) is not null),
            "the stack is up", TimeSpan.FromMinutes(3));
        var endpoints = Endpoints.TryRead(_folder)!;
        _postgres = NpgsqlDataSource.Create(Addresses.Npgsql(endpoints["postgres"].Address));
        _redis = await ConnectionMultiplexer.ConnectAsync(Addresses.Redis(endpoints["redis"].Address) + ",abortConnect=false,allowAdmin=true");
        Api = new HttpClient { BaseAddress = new Uri(endpoints["ingest-api"].Address), Timeout = TimeSpan.FromSeconds(20) };
    }

    public async Task DisposeAsync()
    {
        Api.Dispose();
        await (_redis?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_postgres?.DisposeAsync() ?? ValueTask.CompletedTask);
        if (_up is { } up)
        {
            var pids = Endpoints.TryRead(_folder)?.Parts.Values.Select(part => part.Pid).ToList() ?? [];
            await up.StopAsync(Signals.Terminate, TimeSpan.FromSeconds(60), TimeProvider.System, CancellationToken.None);
            up.Dispose();
            // Signal 0 only asks whether the process is there.
            Assert.All(pids, pid => Assert.False(Signals.Send(pid, 0), $"process {pid} outlived the stack"));
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>New rows for one test.</summary>
    public Task<Shop> NewShopAsync() => Shop.CreateAsync(this);

    public async Task SqlAsync(string sql)
    {
        await using var command = Postgres.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<long> CountAsync(string from)
    {
        await using var command = Postgres.CreateCommand($"SELECT count(*) FROM {from}");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Writes a record without a key, as the one who owns the topic would.</summary>
    public async Task PublishAsync(string topic, string value)
    {
        using var producer = new ProducerBuilder<Null, string>(KafkaConfig<ProducerConfig>()).Build();
        await producer.ProduceAsync(topic, new Message<Null, string> { Value = value });
    }

    /// <summary>Deletes every record that a topic has, as retention does.</summary>
    public async Task ForgetAsync(string topic)
    {
        using var admin = new AdminClientBuilder(KafkaConfig<AdminClientConfig>()).Build();
        var partitions = admin.GetMetadata(topic, TimeSpan.FromSeconds(10)).Topics.Single().Partitions.Select(partition => new TopicPartition(topic, partition.PartitionId));
        await admin.DeleteRecordsAsync(partitions.Select(partition => new TopicPartitionOffset(partition, Offset.End)));
    }

    public Task<bool> ExistsAsync(string key) => Redis.KeyExistsAsync(key);

    /// <summary>Waits until a plain GET finds nothing.</summary>
    public Task GoneAsync(string key) => EventuallyAsync(async () => !await ExistsAsync(key), $"{key} is gone");

    /// <summary>Reads until the value is in Redis: a fill may be refused while its own invalidation is under way.</summary>
    public Task CachedAsync(Func<Task<string>> read, string key) => EventuallyAsync(
        async () =>
        {
            await read();
            return await ExistsAsync(key);
        },
        $"{key} is cached");

    public Task EventuallyAsync(Func<Task<bool>> condition, string what, TimeSpan? limit = null) => Eventually.Async(condition, limit ?? Patience, what);

    public Task FlushRedisAsync() => _redis!.GetServers()[0].FlushAllDatabasesAsync();

    public Endpoint Part(string part) => Endpoints.TryRead(_folder)![part];

    public void Signal(string part, int signal) => Assert.True(Signals.Send(Part(part).Pid, signal), $"{part} runs");

    /// <summary>Everything that a part has logged.</summary>
    public string LogOf(string part)
    {
        using var log = new FileStream(Path.Combine(_folder, part, $"{part}.log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return new StreamReader(log).ReadToEnd();
    }

    /// <summary>SIGKILL; returns when the stack has started the part again, ready or not.</summary>
    public async Task KillAsync(string part, bool waitUntilReady = true)
    {
        var pid = Part(part).Pid;
        Signal(part, Signals.Kill);
        if (waitUntilReady)
        {
            await EventuallyAsync(() => Task.FromResult(Part(part).Pid != pid), $"{part} is started again");
        }
    }

    public async Task<int> ReadyStatusAsync(string part)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            using var response = await http.GetAsync(Part(part).Address + "/readyz");
            return (int)response.StatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            return 0;
        }
    }

    /// <summary>Another instance of a service beside the stack's own, with the same settings.</summary>
    public async Task<ServiceServer> StartSecondAsync(string service)
    {
        var endpoints = Endpoints.TryRead(_folder)!;
        var second = new ServiceServer(
            service,
            Path.Combine(_folder, $"{service}-2"),
            new Dictionary<string, string>
            {
                ["STREAMS__KAFKA__BOOTSTRAPSERVERS"] = endpoints["kafka"].Address,
                ["STREAMS__POSTGRES__CONNECTIONSTRING"] = Addresses.Npgsql(endpoints["postgres"].Address),
                ["STREAMS__REDIS__CONFIGURATION"] = Addresses.Redis(endpoints["redis"].Address),
                ["STREAMS__REGISTRY__URL"] = endpoints[Registry].Address,
                ["STREAMS__SOURCE__SLOTNAME"] = "streams_shop",
                ["STREAMS__FILE"] = Path.Combine(Repository.Root, "streams.yaml"),
                ["STREAMS__PROCESSORS__STATEFOLDER"] = StateOfSecond(service),
            },
            Repository.Root);
        await second.StartAsync();
        return second;
    }

    /// <summary>Folder of the stores of <see cref="StartSecondAsync"/>.</summary>
    public string StateOfSecond(string service) => Path.Combine(_folder, $"{service}-2", "state");

    public T KafkaConfig<T>()
        where T : ClientConfig, new() => new() { BootstrapServers = Part("kafka").Address, BrokerAddressFamily = BrokerAddressFamily.V4 };

    /// <summary>The first record of a topic that matches, read from its beginning.</summary>
    public async Task<Message<byte[], byte[]>> FindAsync(string topic, Func<Message<byte[], byte[]>, bool> matches)
    {
        var config = KafkaConfig<ConsumerConfig>();
        (config.GroupId, config.AutoOffsetReset, config.EnableAutoCommit) = (Unique.Name("find"), AutoOffsetReset.Earliest, false);
        using var consumer = new ConsumerBuilder<byte[], byte[]>(config).Build();
        consumer.Subscribe(topic);
        Message<byte[], byte[]>? found = null;
        await EventuallyAsync(
            () =>
            {
                while (found is null && consumer.Consume(TimeSpan.FromMilliseconds(200)) is { } record)
                {
                    found = matches(record.Message) ? record.Message : null;
                }

                return Task.FromResult(found is not null);
            },
            $"the record in {topic}");
        return found!;
    }

    public async Task<JsonElement> PostAsync(string path, object body)
    {
        using var response = await Api.PostAsJsonAsync(path, body);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }
}
