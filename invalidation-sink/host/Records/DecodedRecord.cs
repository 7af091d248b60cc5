using Streams.Cache.Protocol;
using Streams.Core.Fencing;
using Streams.InvalidationSink.Lanes;
using Streams.Schemas;

namespace Streams.InvalidationSink.Host.Records;

/// <summary>A lane record as the sink works with it.</summary>
/// <param name="Offset">Lane offset.</param>
/// <param name="Target">Key or tag.</param>
/// <param name="IsTag">Whether the target is a tag.</param>
/// <param name="Event">The event; null if only the key of the record could be read.</param>
internal sealed record DecodedRecord(long Offset, string Target, bool IsTag, InvalidationEvent? Event)
{
    /// <summary>A snapshot record: no transaction made it, and it holds up no frontier.</summary>
    public bool IsVoid => Event is { xid: null, op: Operation.READ };

    /// <summary>What APPLY takes.</summary>
    public Invalidation ToInvalidation(ulong xmax) => new(Offset, Target, IsTag, Event?.xid is { } xid ? PgSnapshot.Widen((uint)xid, xmax) : null);

    /// <summary>What the keeper queues; null for a void record.</summary>
    public LaneXid? ToXid(ulong xmax) => IsVoid ? null
        : Event?.xid is { } xid ? new LaneXid(Offset, XidProof.Visible, PgSnapshot.Widen((uint)xid, xmax))
        : new LaneXid(Offset, XidProof.Unknown, 0);
}
