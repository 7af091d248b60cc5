using System.Collections.Immutable;
using Confluent.Kafka;
using Streams.Core.Aggregates;
using Streams.Schemas.Aggregates;

namespace Streams.Cli.Aggregates;

/// <summary>The rows of an aggregate as its topic has them: of each key the one with the highest version. Reads on from where it was.</summary>
internal sealed class AggregateReading : IDisposable
{
    private static readonly TimeSpan QueryTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(100);
    private readonly AggregateTopic _topic;
    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly Dictionary<string, AggregateRow> _rows = [];
    private readonly Dictionary<string, AggregateProgress> _progress = [];
    private readonly int _partitions;

    public AggregateReading(AggregatePlan plan, AggregateTopic topic, string bootstrapServers)
    {
        (_topic, _partitions) = (topic, plan.Definition.Partitions);
        _consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = bootstrapServers, BrokerAddressFamily = BrokerAddressFamily.V4, GroupId = "streams.agg-cli", EnableAutoCommit = false,
            AutoOffsetReset = AutoOffsetReset.Earliest, EnablePartitionEof = true,
        }).SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();
        _consumer.Assign([.. Partitions.Select(one => new TopicPartitionOffset(one, Offset.Beginning)), new TopicPartitionOffset(AggregateTopics.Progress, 0, Offset.Beginning)]);
    }

    /// <summary>By key: rows that are not empty.</summary>
    public ImmutableDictionary<string, AggregateRow> Rows => _rows.Where(row => !row.Value.IsEmpty).ToImmutableDictionary();

    /// <summary>Every key, empty ones too.</summary>
    public ImmutableDictionary<string, AggregateVersion> Versions => _rows.ToImmutableDictionary(row => row.Key, row => row.Value.Version);

    /// <summary>Newest progress of an epoch by partition.</summary>
    public IEnumerable<AggregateProgress> Progress(string name, long epoch) => _progress.Values.Where(one => one.Aggregate == name && one.Epoch == epoch);

    private IEnumerable<TopicPartition> Partitions => Enumerable.Range(0, _partitions).Select(partition => new TopicPartition(_topic.Topic, partition));

    /// <summary>Text of a key's columns: what SQL's row is found by.</summary>
    public static string KeyOf(AggregateRow row) => string.Join("\u001f", [.. row.Groups.Select(value => value.ToText() ?? "\u0000"), .. row.WindowStart is { } start ? [$"{start}"] : Array.Empty<string>()]);

    /// <summary>Reads to the ends of now.</summary>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        TopicPartition[] all = [.. Partitions, new(AggregateTopics.Progress, 0)];
        var ends = all.ToDictionary(one => one, one => _consumer.QueryWatermarkOffsets(one, QueryTime).High.Value);
        while (!all.All(one => ends[one] == 0 || _consumer.Position(one) is { IsSpecial: false } position && position.Value >= ends[one]))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_consumer.Consume(PollTime) is not { IsPartitionEOF: false } record)
            {
                continue;
            }

            if (record.Topic == AggregateTopics.Progress)
            {
                var progress = AggregateProgress.Read(record.Message.Value);
                _progress[progress.Key] = progress;
                continue;
            }

            var row = await _topic.ReadAsync(record.Message.Value, record.Message.Headers);
            var key = KeyOf(row);
            if (!_rows.TryGetValue(key, out var held) || row.Version.IsAbove(held.Version))
            {
                _rows[key] = row;
            }
        }
    }

    public void Dispose() => _consumer.Dispose();
}
