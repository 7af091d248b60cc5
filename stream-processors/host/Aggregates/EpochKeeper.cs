using System.Collections.Immutable;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using Streams.Core.Aggregates;
using Streams.Core.Errors;
using Streams.Hosting.Options;
using Streams.Postgres;

namespace Streams.Processors.Host.Aggregates;

/// <summary>
/// Keeps the board, begins an epoch where none fits the declaration, and takes one live when every partition of it contains its targets. Every instance
/// does so; each step is a comparison and a write in one transaction, so that two do no harm.
/// </summary>
internal sealed class EpochKeeper(
    AggregateEpochs epochs, ImmutableArray<AggregatePlan> plans, string prefix, KafkaOptions kafka, Board board, TimeProvider time, ILogger logger) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan QueryTime = TimeSpan.FromSeconds(5);
    private readonly Dictionary<string, AggregateProgress> _progress = [];
    private readonly IAdminClient _admin = new AdminClientBuilder(kafka.ApplyTo(new AdminClientConfig())).SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();

    public void Dispose() => _admin.Dispose();

    public async Task RunAsync(CancellationToken stopping)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(kafka.ApplyTo(new ConsumerConfig
            {
                ClientId = "streams-epochs", GroupId = "streams.agg-epochs", EnableAutoCommit = false, AutoOffsetReset = AutoOffsetReset.Earliest, AllowAutoCreateTopics = false,
            }))
            .SetErrorHandler((_, _) => { }).Build();
        consumer.Assign(new TopicPartitionOffset(AggregateTopics.Progress, 0, Offset.Beginning));
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await LookAsync(consumer, stopping);
            }
            catch (StreamsException exception) when (exception.Error.Kind == ErrorKind.Transient)
            {
                Log.Kafka(logger, exception.Message);
            }
            catch (KafkaException exception)
            {
                Log.Kafka(logger, exception.Error.Reason);
            }

            await Task.Delay(Interval, time, stopping);
        }
    }

    private async Task LookAsync(IConsumer<byte[], byte[]> consumer, CancellationToken stopping)
    {
        while (consumer.Consume(TimeSpan.Zero) is { } record)
        {
            if (record.Message?.Value is { } value)
            {
                var progress = AggregateProgress.Read(value);
                _progress[progress.Key] = progress;
            }
        }

        var known = await epochs.ReadAsync(stopping);
        foreach (var plan in plans)
        {
            await KeepAsync(consumer, plan, [.. known.Where(epoch => epoch.Name == plan.Name)], stopping);
        }

        board.Set(new Reading(await epochs.ReadAsync(stopping), await epochs.RequestsAsync(stopping)));
    }

    private async Task KeepAsync(IConsumer<byte[], byte[]> consumer, AggregatePlan plan, ImmutableArray<AggregateEpoch> known, CancellationToken stopping)
    {
        var topic = $"{prefix}.{plan.Table.Name}";
        var (topicId, partitions) = await DescribeAsync(topic);
        var newest = known.MaxBy(epoch => epoch.Epoch);
        if (newest is null || newest.DefinitionHash != plan.Hash || newest.TopicId != topicId)
        {
            var reason = newest is null ? "declared" : newest.DefinitionHash != plan.Hash ? "definition changed" : "raw topic recreated or repartitioned";
            await BeginAsync(consumer, plan, topic, topicId, partitions, reason, newest?.Epoch ?? 0, stopping);
        }
        else if (board.TruncationOf(newest) is { } truncation)
        {
            await BeginAfterAsync(consumer, newest, truncation, topic, stopping);
        }
        else if (!newest.IsLive && IsComplete(newest, plan))
        {
            await epochs.PromoteAsync(newest, stopping);
            Log.Live(logger, newest.Name, newest.Epoch);
        }
    }

    private async Task BeginAsync(
        IConsumer<byte[], byte[]> consumer, AggregatePlan plan, string topic, string topicId, int partitions, string reason, long above, CancellationToken stopping)
    {
        var marks = Enumerable.Range(0, partitions).Select(partition => consumer.QueryWatermarkOffsets(new TopicPartition(topic, partition), QueryTime)).ToList();
        if (marks.Any(mark => mark.Low.Value > 0))
        {
            throw ProcessorErrors.HistoryLost.With($"'{topic}' does not begin at its start any more; {plan.Name} ({reason}).");
        }

        var begun = await epochs.BeginAsync(
            new AggregateEpoch(plan.Name, 0, false, plan.Hash, topicId, [.. marks.Select(_ => 0L)], (-1, -1), [.. marks.Select(mark => mark.High.Value)], null, reason), above, stopping);
        if (begun is not null)
        {
            Log.Begun(logger, begun.Name, begun.Epoch, reason);
        }
    }

    /// <summary>After a TRUNCATE: what is newer than it. Its own partition is folded from there; in the others older records are told by their version.</summary>
    private async Task BeginAfterAsync(IConsumer<byte[], byte[]> consumer, AggregateEpoch epoch, Truncation truncation, string topic, CancellationToken stopping)
    {
        var ends = Enumerable.Range(0, epoch.Starts.Length).Select(partition => consumer.QueryWatermarkOffsets(new TopicPartition(topic, partition), QueryTime).High.Value);
        var begun = await epochs.BeginAsync(
            epoch with { Starts = epoch.Starts.SetItem(truncation.Raw, truncation.Offset + 1), Floor = (truncation.Version.Commit, truncation.Version.Lsn), Targets = [.. ends], Snapshot = null, Reason = "truncated" },
            epoch.Epoch, stopping);
        if (begun is not null)
        {
            Log.Begun(logger, begun.Name, begun.Epoch, begun.Reason);
        }
    }

    private bool IsComplete(AggregateEpoch epoch, AggregatePlan plan) =>
        !epoch.Targets.IsEmpty && Enumerable.Range(0, plan.Definition.Partitions).All(partition =>
            _progress.TryGetValue(new AggregateProgress(epoch.Name, epoch.Epoch, partition, 0, []).Key, out var progress)
            && progress.Raw.All(raw => raw.Position >= epoch.Targets[raw.Partition]));

    private async Task<(string Id, int Partitions)> DescribeAsync(string topic)
    {
        try
        {
            var description = (await _admin.DescribeTopicsAsync(TopicCollection.OfTopicNames([topic]), new DescribeTopicsOptions { RequestTimeout = QueryTime })).TopicDescriptions.Single();
            return ($"{description.TopicId}/{description.Partitions.Count}", description.Partitions.Count);
        }
        catch (DescribeTopicsException)
        {
            throw ProcessorErrors.TopicMissing.With($"'{topic}'.");
        }
    }
}
