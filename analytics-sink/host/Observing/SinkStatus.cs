using System.Collections.Immutable;
using Streams.Core.Aggregates;

namespace Streams.AnalyticsSink.Host.Observing;

/// <summary>One partition of an output topic.</summary>
/// <param name="Aggregate">Aggregate.</param>
/// <param name="Partition">Partition.</param>
/// <param name="Next">Offset after the last record that was written; null: not positioned yet.</param>
/// <param name="End">End of the partition as last seen by the client.</param>
internal sealed record PartitionStatus(string Aggregate, int Partition, long? Next, long? End)
{
    /// <summary>Records not yet written.</summary>
    public long Lag => End is { } end && Next is { } next ? Math.Max(0, end - next) : 0;
}

/// <summary>What the loop shows to endpoints and gauges: written by the loop, read by anybody.</summary>
internal sealed class SinkStatus
{
    private volatile bool _prepared;
    private volatile bool _joined;
    private volatile string _missing = "";
    private ImmutableArray<PartitionStatus> _partitions = [];
    private ImmutableArray<AggregatePlan> _plans = [];

    /// <summary>Whether every aggregate has its table.</summary>
    public bool Prepared
    {
        get => _prepared;
        set => _prepared = value;
    }

    /// <summary>Aggregates as they are declared and bound; empty until <see cref="Prepared"/>.</summary>
    public ImmutableArray<AggregatePlan> Plans
    {
        get => _plans;
        set => ImmutableInterlocked.InterlockedExchange(ref _plans, value);
    }

    /// <summary>Whether the group has given this instance an assignment once; it may be empty.</summary>
    public bool Joined
    {
        get => _joined;
        set => _joined = value;
    }

    /// <summary>Topics that do not exist.</summary>
    public string Missing
    {
        get => _missing;
        set => _missing = value;
    }

    /// <summary>Assigned partitions.</summary>
    public ImmutableArray<PartitionStatus> Partitions
    {
        get => _partitions;
        set => ImmutableInterlocked.InterlockedExchange(ref _partitions, value);
    }

    /// <summary>Why not everything is read; null: it is.</summary>
    public string? Waiting =>
        Missing.Length > 0 ? $"{AnalyticsErrors.TopicMissing.Code}: {AnalyticsErrors.TopicMissing.Title}: {Missing}"
        : !Joined ? "Waiting for the consumer group"
        : Partitions.Any(partition => partition.Next is null) ? "Partitions wait to be positioned"
        : null;
}
