using System.Security.Cryptography;
using Npgsql;
using Streams.Configuration;
using Streams.Local.Processes;
using Streams.Local.Servers;

namespace Streams.Cli.Stack;

/// <summary>Where a stack lives.</summary>
/// <param name="Folder">Data, logs, pid files, <c>endpoints.json</c>.</param>
/// <param name="ProjectFolder">Where <c>streams.yaml</c> and <c>debezium/connectors</c> are.</param>
public sealed record StackOptions(string Folder, string ProjectFolder);

/// <summary>
/// Everything on this machine: private Postgres, Redis, Kafka and Connect, and the services as processes of their own. What depends on nothing starts
/// at once; Connect and the services follow as soon as what they need answers.
/// </summary>
public sealed class LocalStack : IAsyncDisposable
{
    private const string Database = "shop";
    private const string Slot = "streams_shop";

    // The .NET runtime's youngest generation, hexadecimal bytes (docs/reference/configuration.md). By default it is that of a processor cache, and the rows of
    // a batch of the stream processors are copied twice before they are written: a lost store is built again in 20 s instead of 16.
    private const string YoungGeneration = "DOTNET_GCgen0size";

    private readonly StackOptions _options;
    private readonly Action<string> _say;
    private readonly PostgresServer _postgres;
    private readonly RedisServer _redis;
    private readonly KafkaServer _kafka;
    private ConnectServer? _connect;
    private readonly List<ServiceServer> _services = [];
    private string _replicationPassword = "";

    private LocalStack(StackOptions options, KafkaRuntime runtime, Action<string> say)
    {
        (_options, _say) = (options, say);
        _postgres = new PostgresServer(In("postgres"));
        _redis = new RedisServer(In("redis")) { AppendOnly = true };
        _kafka = new KafkaServer(In("kafka"), runtime);
        Runtime = runtime;
    }

    /// <summary>Npgsql connection string of the shop.</summary>
    public string ConnectionString => _postgres.ConnectionString(Database);

    /// <summary>StackExchange.Redis configuration.</summary>
    public string RedisConfiguration => _redis.Configuration;

    /// <summary>Base address of a service.</summary>
    public Uri AddressOf(string service) => new(_services.Single(server => server.Name == service).Address);

    private KafkaRuntime Runtime { get; }

    /// <summary>All parts that run.</summary>
    private IEnumerable<LocalServer> Parts => [_postgres, _redis, _kafka, .. _connect is null ? [] : new[] { _connect }, .. _services];

    /// <summary>Starts everything and returns when every part is ready.</summary>
    /// <param name="options">Where.</param>
    /// <param name="say">Told what happens, a line at a time.</param>
    /// <param name="cancellationToken">Ends the start; what was started is stopped.</param>
    public static async Task<LocalStack> StartAsync(StackOptions options, Action<string> say, CancellationToken cancellationToken)
    {
        var runtime = KafkaRuntime.Require();
        Directory.CreateDirectory(options.Folder);
        var claim = ClaimOf(options);
        await claim.ClearAsync(TimeProvider.System, cancellationToken);
        claim.Write(ProcessIdentity.Current);
        var stack = new LocalStack(options, runtime, say);
        try
        {
            await stack.StartAsync(cancellationToken);
            return stack;
        }
        catch
        {
            await stack.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts again whatever dies, until the token is cancelled.</summary>
    public Task SuperviseAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(Parts.Select(part => new Supervisor(part, WriteEndpoints, _say, TimeProvider.System).RunAsync(cancellationToken)));

    /// <summary>Starts one more instance of a service, which its caller stops; it is not started again when it dies.</summary>
    /// <param name="service">Name as in <c>streams run NAME</c>.</param>
    /// <param name="folder">Name of its folder: its log and its own local stores.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public async Task<ServiceServer> StartAnotherAsync(string service, string folder, CancellationToken cancellationToken)
    {
        var settings = new Dictionary<string, string>(Settings())
        {
            ["STREAMS__PROCESSORS__STATEFOLDER"] = In(Path.Combine(folder, "state")),
            ["STREAMS__REGISTRY__URL"] = AddressOf("registry").ToString(),
            [YoungGeneration] = YoungGenerationBytes(),
        };
        var another = new ServiceServer(service, In(folder), settings, _options.ProjectFolder);
        await another.StartAsync(cancellationToken);
        return another;
    }

    /// <summary>Stops everything, those that depend on others first.</summary>
    public async ValueTask DisposeAsync()
    {
        Endpoints.Delete(_options.Folder);
        await Task.WhenAll(_services.Select(service => service.StopAsync()));
        await (_connect?.StopAsync() ?? Task.CompletedTask);
        await Task.WhenAll(_kafka.StopAsync(), _redis.StopAsync(), _postgres.StopAsync());
        ClaimOf(_options).Remove();
    }

    /// <summary>Says which process has the folder, so that a second one leaves it alone (STR7004).</summary>
    private static PidFile ClaimOf(StackOptions options) => new(Path.Combine(options.Folder, "up.pid"));

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        var postgres = StartPostgresAsync(cancellationToken);
        var redis = StartAsync(_redis, cancellationToken);
        var kafka = StartKafkaAsync(cancellationToken);
        await Task.WhenAll(postgres, redis, kafka);
        var settings = Settings();
        var registry = Service("registry", settings);
        await Task.WhenAll(
            StartConnectAsync(cancellationToken),
            StartAsync(Service("ingest-api", settings), cancellationToken),
            StartAsync(registry, cancellationToken),
            StartAsync(Service("stream-processors", new(settings) { [YoungGeneration] = YoungGenerationBytes() }), cancellationToken),
            // Named in their groups: killed and started again, they have their partitions back at once.
            StartAsync(Service("invalidation-sink", new(settings) { ["STREAMS__INVALIDATIONSINK__INSTANCEID"] = "up" }), cancellationToken),
            StartAsync(Service("analytics-sink", new(settings) { ["STREAMS__ANALYTICSSINK__INSTANCEID"] = "up" }), cancellationToken));
        WriteEndpoints();
    }

    private async Task StartPostgresAsync(CancellationToken cancellationToken)
    {
        await StartAsync(_postgres, cancellationToken);
        await _postgres.CreateDatabaseAsync(Database, cancellationToken);
        _replicationPassword = await KeepSecretAsync(In("replication-password"), cancellationToken);
        await StackSetup.MigrateAsync(ConnectionString, _replicationPassword, cancellationToken);
    }

    private async Task StartKafkaAsync(CancellationToken cancellationToken)
    {
        await StartAsync(_kafka, cancellationToken);
        await StackSetup.CreateTopicsAsync(_kafka.Address, StreamsFile.Load(Path.Combine(_options.ProjectFolder, "streams.yaml")));
    }

    private async Task StartConnectAsync(CancellationToken cancellationToken)
    {
        _connect = new ConnectServer(In("connect"), _kafka.Address, Runtime);
        await StartAsync(_connect, cancellationToken);
        await StackSetup.InstallConnectorsAsync(
            _connect.Address, Path.Combine(_options.ProjectFolder, "debezium", "connectors"), ConnectionString, ConnectorVariable, cancellationToken);
        _say("connector runs");
    }

    private string? ConnectorVariable(string name) => name switch
    {
        "STREAMS__SOURCE__DATABASEHOST" => "127.0.0.1",
        "STREAMS__SOURCE__DATABASEPORT" => _postgres.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
        "STREAMS__SOURCE__DATABASENAME" => Database,
        "STREAMS__SOURCE__SLOTNAME" => Slot,
        "STREAMS__SOURCE__REPLICATIONPASSWORD" => _replicationPassword,
        _ => null,
    };

    private ServiceServer Service(string name, Dictionary<string, string> settings)
    {
        var service = new ServiceServer(name, In(name), settings, _options.ProjectFolder);
        if (name == "registry")
        {
            // The others are told where it is before it has started.
            settings["STREAMS__REGISTRY__URL"] = service.ReservedAddress();
        }

        _services.Add(service);
        return service;
    }

    private static string YoungGenerationBytes() => Environment.GetEnvironmentVariable(YoungGeneration) ?? "6000000";

    private Dictionary<string, string> Settings() => new()
    {
        ["STREAMS__KAFKA__BOOTSTRAPSERVERS"] = _kafka.Address,
        ["STREAMS__POSTGRES__CONNECTIONSTRING"] = ConnectionString,
        ["STREAMS__REDIS__CONFIGURATION"] = RedisConfiguration,
        ["STREAMS__SOURCE__SLOTNAME"] = Slot,
        ["STREAMS__PROCESSORS__STATEFOLDER"] = In("state"),
        ["STREAMS__FILE"] = Path.Combine(_options.ProjectFolder, "streams.yaml"),
    };

    private async Task StartAsync(LocalServer part, CancellationToken cancellationToken)
    {
        var since = TimeProvider.System.GetTimestamp();
        await part.StartAsync(cancellationToken);
        _say(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{part.Name} is ready after {TimeProvider.System.GetElapsedTime(since).TotalSeconds:0.0} s"));
    }

    private void WriteEndpoints() => Endpoints.Write(_options.Folder, Parts.ToDictionary(part => part.Name, part => new Endpoint(part.Pid, PublicAddress(part))));

    private string PublicAddress(LocalServer part)
    {
        if (part != _postgres)
        {
            return part.Address;
        }

        var connection = new NpgsqlConnectionStringBuilder(ConnectionString);
        return $"postgresql://{connection.Username}:{Uri.EscapeDataString(connection.Password ?? "")}@127.0.0.1:{_postgres.Port}/{Database}";
    }

    private string In(string part) => Path.Combine(_options.Folder, part);

    private static async Task<string> KeepSecretAsync(string file, CancellationToken cancellationToken)
    {
        if (!File.Exists(file))
        {
            await File.WriteAllTextAsync(file, Convert.ToHexString(RandomNumberGenerator.GetBytes(16)), cancellationToken);
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return await File.ReadAllTextAsync(file, cancellationToken);
    }
}
