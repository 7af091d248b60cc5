using Streams.Core.Aggregates;

namespace Streams.AnalyticsSink.Progress;

/// <summary>Of one output partition: every commit up to here is contained in what the table holds.</summary>
/// <param name="Epoch">Epoch.</param>
/// <param name="Partition">Output partition.</param>
/// <param name="Lsn">WAL position; null: not known yet.</param>
/// <param name="Micros">Source's clock there; null: not known yet.</param>
/// <param name="IsTold">Whether the statement named the definition of its epoch.</param>
public sealed record ReachedProgress(long Epoch, int Partition, long? Lsn, long? Micros, bool IsTold)
{
    /// <summary>The least of the raw partitions; unknown when one of them is.</summary>
    public static ReachedProgress Of(AggregateProgress progress) => new(
        progress.Epoch,
        progress.Partition,
        progress.Raw.IsDefaultOrEmpty || progress.Raw.Any(raw => raw.Lsn is null) ? null : progress.Raw.Min(raw => raw.Lsn),
        progress.Raw.IsDefaultOrEmpty || progress.Raw.Any(raw => raw.Micros is null) ? null : progress.Raw.Min(raw => raw.Micros),
        progress.Definition is not null);
}
