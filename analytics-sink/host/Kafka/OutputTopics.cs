using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using Streams.Core.Errors;
using Streams.Hosting.Options;

namespace Streams.AnalyticsSink.Host.Kafka;

/// <summary>What the consumer cannot tell of the topics: their ids. A topic that was made anew has another.</summary>
internal sealed class OutputTopics(KafkaOptions kafka, ILogger logger) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly IAdminClient _admin = new AdminClientBuilder(kafka.ApplyTo(new AdminClientConfig()))
        .SetErrorHandler((_, error) => Log.Client(logger, error.Reason))
        .SetLogHandler((_, message) => Log.Client(logger, message.Message))
        .Build();

    /// <summary>Ids of the topics that exist.</summary>
    /// <exception cref="StreamsException">STR3301.</exception>
    public async Task<Dictionary<string, string>> IdsAsync(IEnumerable<string> topics)
    {
        try
        {
            var names = TopicCollection.OfTopicNames(topics);
            return Ids((await _admin.DescribeTopicsAsync(names, new DescribeTopicsOptions { RequestTimeout = Patience })).TopicDescriptions);
        }
        catch (DescribeTopicsException exception)
        {
            return Ids(exception.Results.TopicDescriptions);
        }
        catch (KafkaException exception)
        {
            throw AnalyticsErrors.Classify(exception.Error, exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _admin.Dispose();

    private static Dictionary<string, string> Ids(IEnumerable<TopicDescription> topics) =>
        topics.Where(topic => !topic.Error.IsError).ToDictionary(topic => topic.Name, topic => topic.TopicId.ToString());
}
