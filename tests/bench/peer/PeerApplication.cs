using System.Collections.Concurrent;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Streamiz.Kafka.Net;

namespace Streams.Bench.Peer;

/// <summary>
/// One application of the peer: begins at the start of the raw topic, or, when it is started again, with empty stores and the changelogs that it has written.
/// </summary>
internal sealed class PeerApplication : IDisposable
{
    public const int Partitions = 4;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly string _kafka;
    private readonly string _name;
    private readonly string _state;
    private readonly IAdminClient _admin;
    private readonly IConsumer<byte[], byte[]> _watermarks;
    private readonly ConcurrentDictionary<TopicPartition, long> _restored = new();
    private PeerTopology _topology = new();
    private KafkaStream? _stream;
    private volatile bool _isBroken;

    public PeerApplication(string kafka, string name, string state)
    {
        (_kafka, _name, _state) = (kafka, name, state);
        var client = new ClientConfig { BootstrapServers = kafka, BrokerAddressFamily = BrokerAddressFamily.V4 };
        _admin = new AdminClientBuilder(client).Build();
        _watermarks = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig(client) { GroupId = name + "-watermarks" }).Build();
    }

    public static string OutputOf(string name) => name + "-output";

    /// <summary>
    /// From the start of its threads until <paramref name="records"/> rows were added and nothing more is written. Making its topics is not counted:
    /// where the broker does not show a new topic at once, it waits for up to ten seconds by chance.
    /// </summary>
    /// <returns>When the first row was added, and when the last record of the output was in the log.</returns>
    public async Task<(TimeSpan First, TimeSpan Whole)> ConsumeAsync(long records, CancellationToken cancellationToken)
    {
        var output = new TopicSpecification { Name = OutputOf(_name), NumPartitions = Partitions, ReplicationFactor = 1, Configs = new() { ["cleanup.policy"] = "compact" } };
        await _admin.CreateTopicsAsync([output]);
        await StartAsync();
        var since = TimeProvider.System.GetTimestamp();
        await UntilAsync(() => _topology.Added > 0, cancellationToken);
        var first = TimeProvider.System.GetElapsedTime(since);
        await UntilAsync(() => _topology.Added >= records, cancellationToken);
        var (end, at) = (Written(output.Name), TimeProvider.System.GetTimestamp());
        while (TimeProvider.System.GetElapsedTime(at) < Quiet)
        {
            await Task.Delay(Interval, TimeProvider.System, cancellationToken);
            if (Written(output.Name) is var now && now != end)
            {
                (end, at) = (now, TimeProvider.System.GetTimestamp());
            }
        }

        return (first, TimeProvider.System.GetElapsedTime(since, at));
    }

    /// <summary>Starts it again without its state.</summary>
    /// <returns>Time from the start until every store is as its changelog says, and how many records that took.</returns>
    public async Task<(TimeSpan Took, long Records)> RestoreAsync(CancellationToken cancellationToken)
    {
        if (Directory.Exists(_state))
        {
            Directory.Delete(_state, recursive: true);
        }

        _restored.Clear();
        var since = TimeProvider.System.GetTimestamp();
        await StartAsync();
        await UntilAsync(() => _restored.Count == Partitions * PeerTopology.Stores, cancellationToken);
        return (TimeProvider.System.GetElapsedTime(since), _restored.Values.Sum());
    }

    /// <summary>Records in all topics of the application.</summary>
    public long Written() => Topics().Sum(Written);

    /// <summary>Ends it; its topics stay.</summary>
    public void Stop()
    {
        _stream?.Dispose();
        _stream = null;
    }

    /// <summary>Deletes its topics.</summary>
    public Task DropAsync() => _admin.DeleteTopicsAsync(Topics());

    public void Dispose()
    {
        Stop();
        _watermarks.Dispose();
        _admin.Dispose();
    }

    private async Task StartAsync()
    {
        _topology = new PeerTopology();
        _stream = new KafkaStream(_topology.Build(OutputOf(_name)), PeerSettings.Of(_kafka, _name, _state));
        _stream.StateChanged += (_, now) => _isBroken |= now == KafkaStream.State.ERROR;
        _stream.OnRestoreStartEvent += (partition, _, _, _) => _restored.TryRemove(partition, out _);
        _stream.OnRestoreEndEvent += (partition, _, records) => _restored[partition] = records;
        await _stream.StartAsync();
    }

    private async Task UntilAsync(Func<bool> condition, CancellationToken cancellationToken)
    {
        while (!condition())
        {
            if (_isBroken)
            {
                throw new InvalidOperationException($"{_name} has ended; it said why.");
            }

            await Task.Delay(Interval, TimeProvider.System, cancellationToken);
        }
    }

    private List<string> Topics() =>
        [.. _admin.GetMetadata(Limit).Topics.Select(topic => topic.Topic).Where(topic => topic.StartsWith(_name + "-", StringComparison.Ordinal))];

    private long Written(string topic) =>
        Enumerable.Range(0, Partitions).Sum(partition => _watermarks.QueryWatermarkOffsets(new TopicPartition(topic, partition), Limit).High.Value);
}
