using System.Text.RegularExpressions;
using Streams.Core.Rules;
using Streams.Debezium;
using Streams.Schemas;

namespace Streams.Processors.Host;

/// <summary>A draft as the record of <c>streams.invalidations</c>.</summary>
internal static partial class InvalidationRecord
{
    public static InvalidationKey Key(InvalidationDraft draft) => new() { target = draft.Target };

    public static InvalidationEvent Value(InvalidationDraft draft, SourcePosition position, string? traceparent) => new()
    {
        target = draft.Target,
        kind = draft.IsTag ? TargetKind.TAG : TargetKind.KEY,
        rule = draft.Rule,
        strategy = draft.Strategy == InvalidationStrategy.Refresh ? Strategy.REFRESH : Strategy.UNLINK,
        entity = draft.Source.Entity,
        primaryKey = draft.PrimaryKey,
        parameters = draft.Parameters,
        op = Operation(draft.Operation),
        xid = draft.Source.TransactionId,
        commitTime = CommitTime(draft.Source.CommitTimeMicros),
        sourceTopic = position.Topic,
        sourcePartition = position.Partition,
        sourceOffset = position.Offset,
        traceparent = traceparent is not null && TraceContext().IsMatch(traceparent) ? traceparent : null,
    };

    private static Operation Operation(ChangeOperation operation) => operation switch
    {
        ChangeOperation.Create => Schemas.Operation.CREATE,
        ChangeOperation.Update => Schemas.Operation.UPDATE,
        ChangeOperation.Delete => Schemas.Operation.DELETE,
        ChangeOperation.Read => Schemas.Operation.READ,
        _ => Schemas.Operation.TRUNCATE,
    };

    /// <summary>A clock that no calendar has is no reason to lose an invalidation.</summary>
    private static DateTime CommitTime(long micros) =>
        DateTime.UnixEpoch.AddTicks(Math.Clamp(micros, 0, 250_000_000_000_000_000) * TimeSpan.TicksPerMicrosecond);

    /// <summary>https://www.w3.org/TR/trace-context/#traceparent-header</summary>
    [GeneratedRegex(@"^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}\z")]
    private static partial Regex TraceContext();
}
