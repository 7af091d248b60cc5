using Streams.Core.Aggregates;

namespace Streams.AnalyticsSink.Progress;

/// <summary>Progress of all aggregates as told by the processors. Written by who reads the progress topic, asked by who writes tables.</summary>
public sealed class ProgressBoard
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Aggregate, int Partition), SortedDictionary<long, ProgressQueue>> _queues = [];

    /// <summary>Takes a statement; what an epoch says in the shadow is not about the output.</summary>
    public void Add(AggregateProgress progress)
    {
        if (!progress.IsPublished)
        {
            return;
        }

        lock (_gate)
        {
            var key = (progress.Aggregate, progress.Partition);
            if (!_queues.TryGetValue(key, out var epochs))
            {
                epochs = _queues[key] = [];
            }

            if (!epochs.TryGetValue(progress.Epoch, out var queue))
            {
                queue = epochs[progress.Epoch] = new ProgressQueue();
            }

            queue.Add(progress);
        }
    }

    /// <summary>What holds for a table that has every record of a partition below an offset: one statement per epoch.</summary>
    /// <param name="aggregate">Name.</param>
    /// <param name="definition">Definition of the table; statements about others are not for it.</param>
    /// <param name="partition">Output partition.</param>
    /// <param name="offset">Offset after the last record that was written.</param>
    public List<ReachedProgress> Reached(string aggregate, string definition, int partition, long offset)
    {
        lock (_gate)
        {
            var reached = new List<ReachedProgress>();
            foreach (var queue in _queues.TryGetValue((aggregate, partition), out var epochs) ? epochs.Values : Enumerable.Empty<ProgressQueue>())
            {
                queue.Advance(offset);
                if (queue.Reached is { } progress && (progress.Definition ?? definition) == definition)
                {
                    reached.Add(ReachedProgress.Of(progress));
                }
            }

            return reached;
        }
    }
}
