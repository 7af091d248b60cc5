using Confluent.Kafka;
using Confluent.Kafka.Admin;
using StackExchange.Redis;
using Streams.Cache.Layout;

namespace Streams.Cli.Soak;

/// <summary>
/// Waits until everything that was committed before has gone all the way: Debezium's marker has arrived, the processors have read every raw topic to
/// its end, and every lane is applied and proven to its end.
/// </summary>
internal sealed class QuietPipeline(string bootstrapServers, IDatabase redis)
{
    private const string ProcessorsGroup = "streams.processors";
    private const string Lanes = "streams.invalidations";
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    /// <summary>Returns when quiet.</summary>
    /// <param name="rawTopics">Topics that no longer change.</param>
    /// <param name="limit">How long to wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">Not quiet in time; says what is behind.</exception>
    public async Task WaitAsync(IReadOnlyList<string> rawTopics, TimeSpan limit, CancellationToken cancellationToken)
    {
        var deadline = TimeProvider.System.GetUtcNow() + limit;
        while (await BehindAsync(rawTopics) is { } behind)
        {
            if (TimeProvider.System.GetUtcNow() > deadline)
            {
                throw new TimeoutException($"Not quiet within {limit.TotalSeconds:0} s: {behind}.");
            }

            await Task.Delay(Interval, TimeProvider.System, cancellationToken);
        }
    }

    private async Task<string?> BehindAsync(IReadOnlyList<string> rawTopics)
    {
        var config = new AdminClientConfig { BootstrapServers = bootstrapServers, BrokerAddressFamily = BrokerAddressFamily.V4 };
        using var admin = new AdminClientBuilder(config).SetLogHandler((_, _) => { }).Build();
        var partitions = rawTopics.SelectMany(topic => Partitions(admin, topic)).ToList();
        var committed = await admin.ListConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitions(ProcessorsGroup, partitions)]);
        var ends = await EndsAsync(admin, partitions);
        foreach (var position in committed[0].Partitions)
        {
            // A transactional source leaves a commit marker behind the last record, which no consumer ever commits past.
            if (ends[position.TopicPartition] > 1 && position.Offset.Value < ends[position.TopicPartition] - 1)
            {
                return $"the processors stand at {position.Offset.Value} of {ends[position.TopicPartition]} in {position.TopicPartition}";
            }
        }

        foreach (var (lane, end) in await EndsAsync(admin, Partitions(admin, Lanes)))
        {
            var applied = (long?)await redis.HashGetAsync(CacheKeys.Applied(lane.Partition.Value), "a");
            var proven = (long?)await redis.HashGetAsync(CacheKeys.Frontier(lane.Partition.Value), "v");
            if (applied is null || applied < end || proven is null || proven < end - 1)
            {
                return $"lane {lane.Partition.Value} is applied to {applied}, proven to {proven} of {end}";
            }
        }

        return null;
    }

    private static List<TopicPartition> Partitions(IAdminClient admin, string topic) =>
        [.. admin.GetMetadata(topic, TimeSpan.FromSeconds(10)).Topics[0].Partitions.Select(partition => new TopicPartition(topic, partition.PartitionId))];

    private static async Task<Dictionary<TopicPartition, long>> EndsAsync(IAdminClient admin, List<TopicPartition> partitions)
    {
        var wanted = partitions.Select(partition => new TopicPartitionOffsetSpec { TopicPartition = partition, OffsetSpec = OffsetSpec.Latest() });
        var found = await admin.ListOffsetsAsync(wanted, new ListOffsetsOptions { RequestTimeout = TimeSpan.FromSeconds(10) });
        return found.ResultInfos.ToDictionary(
            info => info.TopicPartitionOffsetError.TopicPartition, info => info.TopicPartitionOffsetError.Offset.Value);
    }
}
