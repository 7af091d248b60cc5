using System.Collections.Immutable;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using Streams.Hosting.Options;

namespace Streams.InvalidationSink.Host.Kafka;

/// <summary>What the cluster says of the invalidation topic.</summary>
/// <param name="Id"><c>topic id/partition count</c>, as in the epoch record.</param>
/// <param name="Lanes">Partition count.</param>
internal sealed record TopicFacts(string Id, int Lanes);

/// <summary>Questions about the topic that the consumer cannot answer.</summary>
internal interface ILaneTopic
{
    /// <summary>Id and partition count.</summary>
    Task<TopicFacts> DescribeAsync();

    /// <summary>End of each of these lanes, asked for after the call.</summary>
    Task<ImmutableDictionary<int, long>> EndsAsync(IReadOnlyCollection<int> lanes);
}

/// <inheritdoc cref="ILaneTopic"/>
internal sealed class LaneTopic(KafkaOptions kafka, string topic, ILogger logger) : ILaneTopic, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly IAdminClient _admin = new AdminClientBuilder(kafka.ApplyTo(new AdminClientConfig()))
        .SetLogHandler((_, message) => Log.Client(logger, message.Message))
        .Build();

    /// <inheritdoc/>
    public Task<TopicFacts> DescribeAsync() => GuardAsync(async () =>
    {
        var result = await _admin.DescribeTopicsAsync(TopicCollection.OfTopicNames([topic]), new DescribeTopicsOptions { RequestTimeout = Patience });
        var found = result.TopicDescriptions[0];
        return new TopicFacts($"{found.TopicId}/{found.Partitions.Count}", found.Partitions.Count);
    });

    /// <inheritdoc/>
    public Task<ImmutableDictionary<int, long>> EndsAsync(IReadOnlyCollection<int> lanes) => GuardAsync(async () =>
    {
        var specs = lanes.Select(lane => new TopicPartitionOffsetSpec { TopicPartition = new TopicPartition(topic, lane), OffsetSpec = OffsetSpec.Latest() });
        var result = await _admin.ListOffsetsAsync(specs, new ListOffsetsOptions { RequestTimeout = Patience, IsolationLevel = IsolationLevel.ReadUncommitted });
        return result.ResultInfos.ToImmutableDictionary(
            info => info.TopicPartitionOffsetError.Partition.Value,
            info => info.TopicPartitionOffsetError.Offset.Value);
    });

    /// <inheritdoc/>
    public void Dispose() => _admin.Dispose();

    private static async Task<T> GuardAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (DescribeTopicsException exception)
        {
            throw SinkErrors.Classify(exception.Results.TopicDescriptions.Select(found => found.Error).FirstOrDefault(error => error.IsError) ?? exception.Error, exception);
        }
        catch (ListOffsetsException exception) when (exception is { Result.ResultInfos: { } infos })
        {
            throw SinkErrors.Classify(infos.Select(found => found.TopicPartitionOffsetError.Error).FirstOrDefault(error => error.IsError) ?? exception.Error, exception);
        }
        catch (KafkaException exception)
        {
            throw SinkErrors.Classify(exception.Error, exception);
        }
    }
}
