using System.Globalization;
using Confluent.Kafka;
using Npgsql;
using Streams.Cli.Stack;
using Streams.Fixtures;

namespace Streams.Bench;

/// <summary>A local stack with one aggregate over <c>inventory</c>, which no cache rule is on, in a folder that is removed at the end.</summary>
internal sealed class BenchStack : IAsyncDisposable
{
    public const string Aggregate = "bench";
    public const string RawTopic = "shop.public.inventory";
    private static readonly TimeSpan QueryTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);
    private readonly string _folder;
    private readonly LocalStack _stack;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _supervision;

    private BenchStack(string folder, LocalStack stack)
    {
        (_folder, _stack) = (folder, stack);
        _supervision = stack.SuperviseAsync(_stop.Token);
        Source = NpgsqlDataSource.Create(stack.ConnectionString);
    }

    public NpgsqlDataSource Source { get; }

    public string Kafka => Part("kafka").Address;

    public string State => Path.Combine(_folder, "state", "aggregates");

    public string Folder => _folder;

    public string Project => Path.Combine(_folder, "project");

    /// <param name="aggregates">Section of <c>streams.yaml</c>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<BenchStack> StartAsync(string aggregates, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("streams-bench-").FullName;
        var project = Directory.CreateDirectory(Path.Combine(folder, "project")).FullName;
        Directory.CreateDirectory(Path.Combine(project, "debezium", "connectors"));
        File.Copy(Repository.PathOf("debezium", "connectors", "shop.json"), Path.Combine(project, "debezium", "connectors", "shop.json"));
        var declared = await File.ReadAllTextAsync(Repository.PathOf("streams.yaml"), cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(project, "streams.yaml"), declared[..declared.IndexOf("aggregates:", StringComparison.Ordinal)] + aggregates, cancellationToken);
        return new BenchStack(folder, await LocalStack.StartAsync(new StackOptions(folder, project), _ => { }, cancellationToken));
    }

    public Endpoint Part(string name) => Endpoints.TryRead(_folder)![name];

    /// <summary>Memory of a process, VmRSS.</summary>
    public static long ResidentMegabytes(int pid) =>
        long.Parse(File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;

    public async Task SqlAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = Source.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<T> ScalarAsync<T>(string sql, CancellationToken cancellationToken)
    {
        await using var command = Source.CreateCommand(sql);
        command.CommandTimeout = 0;
        return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public async Task UntilAsync(Func<Task<bool>> condition, CancellationToken cancellationToken)
    {
        while (!await condition())
        {
            await Task.Delay(Interval, TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Ends of the raw topic's partitions.</summary>
    public long[] Ends()
    {
        using var consumer = Consumer("ends");
        return [.. Enumerable.Range(0, 4).Select(partition => consumer.QueryWatermarkOffsets(new TopicPartition(RawTopic, partition), QueryTime).High.Value)];
    }

    public IConsumer<byte[], byte[]> Consumer(string group) => new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
    {
        BootstrapServers = Kafka, BrokerAddressFamily = BrokerAddressFamily.V4, GroupId = $"bench-{group}", EnableAutoCommit = false, AutoOffsetReset = AutoOffsetReset.Earliest,
        IsolationLevel = IsolationLevel.ReadCommitted, FetchQueueBackoffMs = 10, EnablePartitionEof = true,
    }).SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _supervision;
        await Source.DisposeAsync();
        await _stack.DisposeAsync();
        _stop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
