using Streams.Postgres;
using Streams.Processors.Aggregates;

namespace Streams.Processors.Host.Aggregates;

/// <summary>What is known of an aggregate when its epochs are looked at.</summary>
/// <param name="Newest">Newest epoch; null: there is none.</param>
/// <param name="DefinitionHash">Hash of the plan as declared.</param>
/// <param name="TopicId">Id and partition count of the table's topic.</param>
/// <param name="History">The source's history now.</param>
/// <param name="Truncation">TRUNCATE that the newest epoch has met.</param>
/// <param name="Lost">Why the newest epoch cannot be computed from the log.</param>
/// <param name="Snapshot">State of the newest epoch's snapshot.</param>
/// <param name="IsComplete">Whether the newest epoch contains its targets.</param>
internal sealed record EpochView(
    AggregateEpoch? Newest, string DefinitionHash, string TopicId, SourceHistory History, Truncation? Truncation, string? Lost, SnapshotState Snapshot, bool IsComplete);

/// <summary>What is to be done about an aggregate's epochs.</summary>
internal abstract record EpochStep
{
    /// <summary>Nothing.</summary>
    public sealed record None : EpochStep;

    /// <summary>A new epoch. <paramref name="FromLog"/>: from the log, if it tells one history from its start; otherwise by a snapshot.</summary>
    public sealed record Begin(string Reason, bool FromLog) : EpochStep;

    /// <summary>A new epoch of what came after a TRUNCATE.</summary>
    public sealed record BeginAfter(Truncation Truncation) : EpochStep;

    /// <summary>The history of the newest epoch is told by the first initial snapshot.</summary>
    public sealed record Adopt : EpochStep;

    /// <summary>The snapshot is in the log.</summary>
    public sealed record SetTargets : EpochStep;

    /// <summary>The newest epoch goes live.</summary>
    public sealed record Promote : EpochStep;
}

/// <summary>When an epoch is begun, and when it goes live. Pure.</summary>
internal static class EpochRule
{
    // Of a server that was never promoted or recovered to a point in time.
    private const int FirstTimeline = 1;

    public static EpochStep Next(EpochView view) => view switch
    {
        { Newest: null } => new EpochStep.Begin("declared", true),
        { Newest: { } newest } when newest.TopicId != view.TopicId => new EpochStep.Begin("raw topic recreated or repartitioned", true),
        { Newest: { } newest } when SourceHistory.Parse(newest.History) is not { } history || IsBeforeInitial(history, view.History) => new EpochStep.Adopt(),
        { Newest: { } newest } when newest.History != view.History.ToString() => new EpochStep.Begin("the source has another history: a restored or promoted server, or a connector that began anew", false),
        { Newest: { } newest } when newest.DefinitionHash != view.DefinitionHash => new EpochStep.Begin("definition changed", true),
        { Lost: { } reason } => new EpochStep.Begin(reason, false),
        { Newest: { IsWish: true } wish } => new EpochStep.Begin(wish.Reason, false),
        // Its rows are partly from before and partly from after: only a new snapshot tells them apart.
        { Newest.Snapshot: not null, Truncation: not null } => new EpochStep.Begin("truncated", false),
        { Truncation: { } truncation } => new EpochStep.BeginAfter(truncation),
        { Newest.IsAwaiting: true } => view.Snapshot switch
        {
            SnapshotState.Completed => new EpochStep.SetTargets(),
            SnapshotState.Failed => new EpochStep.Begin("the snapshot was stopped, given up or could not be read", false),
            _ => new EpochStep.None(),
        },
        { Newest.IsLive: false, IsComplete: true } => new EpochStep.Promote(),
        _ => new EpochStep.None(),
    };

    /// <summary>Whether a log tells one history from its first record on, so that an epoch may be computed from it.</summary>
    /// <param name="isWhole">No record has left the log.</param>
    /// <param name="isEmpty">It has no record yet.</param>
    /// <param name="isFirst">The connector's notifications are all there, and tell of one initial snapshot at most.</param>
    /// <param name="known">Histories of the epochs over it so far.</param>
    /// <param name="now">The source's history now.</param>
    public static bool IsOneHistory(bool isWhole, bool isEmpty, bool isFirst, IReadOnlySet<string> known, SourceHistory now) =>
        isWhole && known.All(one => one == now.ToString()) && (isEmpty || known.Count > 0 || (isFirst && now.Timeline == FirstTimeline));

    /// <summary>An epoch begun before the connector's first snapshot has it as its own.</summary>
    private static bool IsBeforeInitial(SourceHistory epoch, SourceHistory now) =>
        epoch.Initial.Length == 0 && now.Initial.Length > 0 && epoch with { Initial = now.Initial } == now;
}
