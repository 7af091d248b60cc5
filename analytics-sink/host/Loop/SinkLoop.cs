using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streams.AnalyticsSink.Host.Kafka;
using Streams.AnalyticsSink.Host.Observing;
using Streams.AnalyticsSink.Host.Store;
using Streams.AnalyticsSink.Progress;
using Streams.Core.Errors;

namespace Streams.AnalyticsSink.Host.Loop;

/// <summary>
/// <code>
/// position ──► read ──► write rows, offsets and progress in one transaction ──► mark ──► upkeep, when it is due
///    ▲                        │
///    └── stand back ◄─────────┘ a passing fault: everything in memory is forgotten, the store says where to go on
/// </code>
/// One logical thread owns the consumer. What it holds in memory may be lost at any time: rows, offsets and progress are in Postgres together.
/// </summary>
internal sealed class SinkLoop(
    IReadOnlyList<AggregateSink> sinks, OutputConsumer consumer, OutputTopics topics, Positions positions, Upkeep upkeep, ProgressBoard board,
    AnalyticsSinkOptions options, Outages outages, SinkStatus status, TimeProvider time, ILogger<SinkLoop> logger)
{
    private static readonly TimeSpan ShortestRest = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, AggregateSink> _sinks = sinks.ToDictionary(sink => sink.Topic);
    private readonly Dictionary<string, string> _topicIds = [];
    private readonly Dictionary<(long Table, int Partition, long Epoch), ReachedProgress> _written = [];
    private TimeSpan _rest = ShortestRest;
    private DateTimeOffset _restsUntil;
    private DateTimeOffset _nextUpkeep;

    /// <summary>Runs until it is stopped.</summary>
    /// <exception cref="StreamsException">STR3303: the consumer has to be built anew; or a permanent fault.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await StepAsync(stop);
            }
            catch (StreamsException exception) when (exception.Error.Kind == ErrorKind.Transient && exception.Error != AnalyticsErrors.ConsumerFailed)
            {
                StandBack(exception);
            }
        }
    }

    private async Task StepAsync(CancellationToken stop)
    {
        if (time.GetUtcNow() < _restsUntil)
        {
            // Nothing is positioned, so nothing comes; the group keeps its member.
            consumer.Read(options.BatchWait, 1);
            return;
        }

        await PositionAsync(stop);
        await WriteAsync(consumer.Read(options.BatchWait, options.BatchSize), stop);
        await UpkeepAsync(stop);
        Show();
        _rest = ShortestRest;
    }

    private void StandBack(StreamsException fault)
    {
        outages.Down(fault);
        consumer.Unposition(_ => true);
        _restsUntil = time.GetUtcNow() + _rest;
        _rest = _rest * 2 < LongestRest ? _rest * 2 : LongestRest;
        Show();
    }

    private async Task PositionAsync(CancellationToken stop)
    {
        var waiting = consumer.Assigned.Where(at => at.Value is null).Select(at => at.Key).ToList();
        if (waiting.Count == 0)
        {
            return;
        }

        var ids = await topics.IdsAsync(waiting.Select(partition => partition.Topic).Distinct());
        var stored = await positions.ReadAsync(sinks.Select(sink => sink.Table.Id), stop);
        foreach (var partition in waiting.Where(partition => ids.ContainsKey(partition.Topic)))
        {
            _topicIds[partition.Topic] = ids[partition.Topic];
            var held = stored.GetValueOrDefault((_sinks[partition.Topic].Table.Id, partition.Partition.Value));
            consumer.Position(partition, held?.TopicId == ids[partition.Topic] ? held.Next : null);
        }
    }

    private async Task WriteAsync(List<ConsumeResult<byte[], byte[]>> records, CancellationToken stop)
    {
        var byTopic = records.ToLookup(record => record.Topic);
        var writes = sinks.Select(sink => (Sink: sink, Records: byTopic[sink.Topic].ToList(), Tail: TailOf(sink, byTopic[sink.Topic])))
            .Where(write => write.Tail.Offsets.Count > 0 || write.Tail.Progress.Count > 0).ToList();
        await Task.WhenAll(writes.Select(write => write.Sink.WriteAsync(write.Records, write.Tail, stop)));
        foreach (var (sink, _, tail) in writes)
        {
            await DoneAsync(sink, tail, stop);
        }

        if (writes.Count > 0)
        {
            outages.Up(Dependency.Postgres);
            outages.Up(Dependency.Registry);
        }
    }

    private WriteTail TailOf(AggregateSink sink, IEnumerable<ConsumeResult<byte[], byte[]>> records)
    {
        var offsets = records.GroupBy(record => record.Partition.Value).ToDictionary(partition => partition.Key, partition => partition.Max(record => record.Offset.Value) + 1);
        var reached =
            from at in consumer.Assigned
            where at.Key.Topic == sink.Topic && at.Value is not null
            let next = offsets.TryGetValue(at.Key.Partition.Value, out var after) ? after : at.Value!.Value
            from progress in board.Reached(sink.Table.Shape.Name, sink.Table.Shape.Definition, at.Key.Partition.Value, next)
            where _written.GetValueOrDefault((sink.Table.Id, progress.Partition, progress.Epoch)) != progress
            select progress;
        return new WriteTail(_topicIds.GetValueOrDefault(sink.Topic, ""), offsets, reached.ToList());
    }

    private async Task DoneAsync(AggregateSink sink, WriteTail tail, CancellationToken stop)
    {
        foreach (var (partition, next) in tail.Offsets)
        {
            consumer.Mark(new TopicPartition(sink.Topic, partition), next);
        }

        foreach (var progress in tail.Progress)
        {
            _written[(sink.Table.Id, progress.Partition, progress.Epoch)] = progress;
        }

        await upkeep.ProgressedAsync(sink.Table, tail.Progress, stop);
    }

    private async Task UpkeepAsync(CancellationToken stop)
    {
        if (time.GetUtcNow() < _nextUpkeep)
        {
            return;
        }

        _nextUpkeep = time.GetUtcNow() + options.UpkeepInterval;
        var ids = await topics.IdsAsync(_sinks.Keys);
        outages.Up(Dependency.Kafka);
        status.Missing = string.Join(", ", _sinks.Keys.Except(ids.Keys));
        foreach (var (topic, id) in ids.Where(found => _topicIds.TryGetValue(found.Key, out var known) && known != found.Value))
        {
            // The client would wait silently at an offset that the new topic does not have yet.
            Log.Recreated(logger, topic);
            _topicIds[topic] = id;
            consumer.Unposition(partition => partition.Topic == topic);
        }

        await upkeep.RunAsync(sinks.Select(sink => sink.Table), stop);
        outages.Up(Dependency.Postgres);
    }

    private void Show()
    {
        status.Joined = consumer.Joined;
        status.Partitions = [.. consumer.Assigned.Select(at => new PartitionStatus(_sinks[at.Key.Topic].Table.Shape.Name, at.Key.Partition.Value, at.Value, consumer.EndOf(at.Key)))];
    }
}
