using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Options;
using Streams.Core.Errors;
using Streams.Hosting.Options;

namespace Streams.Processors.Host;

/// <summary>The topics that are written: whether they are there, and how many lanes there are. Keys are mapped to lanes by that number.</summary>
internal sealed class LaneTopic(IOptions<KafkaOptions> kafka, IOptions<ProcessorsOptions> options, Dependencies dependencies, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly IAdminClient _admin = new AdminClientBuilder(kafka.Value.ApplyTo(new AdminClientConfig { ClientId = "streams-processors-admin" }))
        .SetErrorHandler((_, _) => { })
        .SetLogHandler((_, _) => { })
        .Build();

    /// <exception cref="StreamsException">STR3101, STR3102, STR3104.</exception>
    public async Task<int> CountAsync()
    {
        try
        {
            var topics = TopicCollection.OfTopicNames([options.Value.OutputTopic, options.Value.DeadLetterTopic]);
            var description = await _admin.DescribeTopicsAsync(topics, new DescribeTopicsOptions { RequestTimeout = Patience });
            return description.TopicDescriptions.Single(topic => topic.Name == options.Value.OutputTopic).Partitions.Count;
        }
        catch (DescribeTopicsException exception)
        {
            var wrong = exception.Results.TopicDescriptions.First(topic => topic.Error.IsError);
            throw wrong.Error.Code == ErrorCode.UnknownTopicOrPart ? ProcessorErrors.TopicMissing.With($"'{wrong.Name}'.") : KafkaFault.Of(wrong.Error);
        }
        catch (KafkaException exception)
        {
            throw KafkaFault.Of(exception.Error);
        }
    }

    /// <summary>Compares again and again; returns by an exception only.</summary>
    /// <exception cref="StreamsException">STR3103: the number has changed.</exception>
    public async Task WatchAsync(int laneCount, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(options.Value.LaneWatchIntervalMs), time, cancellationToken);
            if (await LookAsync() is { } now && now != laneCount)
            {
                throw ProcessorErrors.LanesChanged.With($"{options.Value.OutputTopic} had {laneCount} partitions and has {now}.");
            }
        }
    }

    public void Dispose() => _admin.Dispose();

    private async Task<int?> LookAsync()
    {
        try
        {
            var count = await CountAsync();
            dependencies.Kafka.Ready();
            return count;
        }
        catch (StreamsException exception)
        {
            dependencies.Kafka.NotReady(exception.Message);
            return null;
        }
    }
}
