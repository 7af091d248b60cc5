using Confluent.Kafka;

namespace Streams.Processors.Host;

/// <summary>Positions: commit, hand-over, and what to do when there is nowhere to go on.</summary>
internal sealed partial class RawConsumer
{
    private static readonly TimeSpan QueryTime = TimeSpan.FromSeconds(5);

    private readonly HashSet<TopicPartition> _toRecover = [];

    private void Commit(IConsumer<byte[]?, byte[]?> consumer, IEnumerable<TopicPartition> partitions)
    {
        var mine = partitions.ToList();
        foreach (var partition in mine)
        {
            if (_progress.TryGetValue(partition, out var progress) && progress.TakeCommittable() is { } next)
            {
                _toCommit[partition] = next;
            }
        }

        var offsets = mine.Where(_toCommit.ContainsKey).Select(partition => new TopicPartitionOffset(partition, _toCommit[partition])).ToList();
        if (offsets.Count == 0)
        {
            return;
        }

        try
        {
            consumer.Commit(offsets);
            offsets.ForEach(offset => _toCommit.Remove(offset.TopicPartition));
        }
        catch (KafkaException exception)
        {
            // Kept for the next time. If the partition has gone to another member, that one reads again what was not committed.
            Log.Kafka(logger, $"Commit: {exception.Error.Reason} ({exception.Error.Code})");
        }
    }

    private void OnRevoked(IConsumer<byte[]?, byte[]?> consumer, List<TopicPartitionOffset> partitions)
    {
        var leaving = partitions.ConvertAll(partition => partition.TopicPartition);
        outbox.Flush();
        Commit(consumer, leaving);
        Forget(partitions);
    }

    private void Forget(List<TopicPartitionOffset> partitions)
    {
        Log.Revoked(logger, string.Join(", ", partitions.Select(partition => partition.TopicPartition)));
        foreach (var partition in partitions.Select(partition => partition.TopicPartition))
        {
            _progress.Remove(partition);
            _toCommit.Remove(partition);
            _toRecover.Remove(partition);
            metrics.NotMine(partition.Topic, partition.Partition.Value);
        }
    }

    /// <summary>
    /// A partition without a usable position. New group on a log that is whole: from its start. Else changes have left the log unseen: the values
    /// of the table are invalidated as a whole, then it goes on with what is there.
    /// </summary>
    private async Task RecoverAsync(IConsumer<byte[]?, byte[]?> consumer)
    {
        foreach (var partition in _toRecover.ToList())
        {
            try
            {
                var committed = consumer.Committed([partition], QueryTime)[0].Offset;
                var start = consumer.QueryWatermarkOffsets(partition, QueryTime).Low.Value;
                var progress = _progress[partition] = new PartitionProgress();
                _toCommit.Remove(partition);
                if (committed != Offset.Unset || start > 0)
                {
                    await InvalidateTableAsync(partition, committed, start, progress);
                }

                // A partition that has failed for want of an offset takes no seek any more; it takes a new assignment.
                consumer.IncrementalUnassign([partition]);
                consumer.IncrementalAssign([new TopicPartitionOffset(partition, start)]);
                _toRecover.Remove(partition);
            }
            catch (KafkaException exception)
            {
                Log.Kafka(logger, $"Position of {partition}: {exception.Error.Reason} ({exception.Error.Code})");
            }
        }
    }

    private async Task InvalidateTableAsync(TopicPartition partition, Offset committed, long start, PartitionProgress progress)
    {
        Log.ChangesLost(logger, ProcessorErrors.ChangesLost.With($"{partition}: committed {committed}, the log starts at {start}.").Message);
        var position = new SourcePosition(partition.Topic, partition.Partition.Value, start);
        var invalidations = await processor.BroadAsync(position, time.GetUtcNow().ToUnixTimeMilliseconds() * 1000);
        // In the place of the last record that is gone: the start of the log is committed when this is done.
        var pending = progress.Begin(start - 1);
        foreach (var outgoing in invalidations)
        {
            outbox.Send(outgoing, pending);
        }

        late.Add(invalidations, pending);
        pending.Sealed();
    }
}
