namespace Streams.Core.Aggregates;

/// <summary>Names of the topics of aggregates.</summary>
public static class AggregateTopics
{
    /// <summary>Progress of all aggregates: compacted, one partition, key <c>NAME/EPOCH/PARTITION</c>, value <see cref="AggregateProgress"/> as JSON.</summary>
    public const string Progress = "streams.agg-progress";

    /// <summary>Rows, for everybody: compacted, keyed by group and window.</summary>
    public static string Output(string aggregate) => $"streams.agg.{aggregate}";

    /// <summary>Late rows, for everybody: compacted and of limited retention, keyed by change, group and window; of aggregates with a window.</summary>
    public static string Late(string aggregate) => $"streams.agg.{aggregate}.late";

    /// <summary>How long late rows are kept.</summary>
    public static TimeSpan LateRetention { get; } = TimeSpan.FromDays(30);

    /// <summary>Between the stages; not for others.</summary>
    public static string Partials(string aggregate) => $"streams.agg.{aggregate}.partials";
}
