using Confluent.Kafka;

namespace Streams.EndToEnd.Tests;

/// <summary>What is written to a topic from now on.</summary>
internal sealed class TopicTail : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly IConsumer<byte[]?, byte[]?> _consumer;

    public TopicTail(ConsumerConfig config, string topic)
    {
        (config.GroupId, config.EnableAutoCommit, config.FetchWaitMaxMs) = ("topic-tail", false, 10);
        _consumer = new ConsumerBuilder<byte[]?, byte[]?>(config).Build();
        using var admin = new DependentAdminClientBuilder(_consumer.Handle).Build();
        var partitions = admin.GetMetadata(topic, Patience).Topics[0].Partitions.Select(partition => new TopicPartition(topic, partition.PartitionId));
        _consumer.Assign(partitions.Select(partition => new TopicPartitionOffset(partition, _consumer.QueryWatermarkOffsets(partition, Patience).High)));
    }

    /// <summary>Returns at the first record whose value is as asked for.</summary>
    public void Await(Func<byte[], bool> isIt)
    {
        var until = DateTime.UtcNow + Patience;
        while (_consumer.Consume(TimeSpan.FromSeconds(1)) is not { Message.Value: { } value } || !isIt(value))
        {
            Assert.True(DateTime.UtcNow < until, "the record comes");
        }
    }

    public void Dispose() => _consumer.Dispose();
}
