using Streams.Core.Fencing;

namespace Streams.InvalidationSink.Lanes;

/// <summary>What has to be seen on the primary before a record counts as proven.</summary>
public enum XidProof
{
    /// <summary>The transaction itself visible.</summary>
    Visible,

    /// <summary>Every transaction up to the id finished: for records that were put together, or whose own id could not be read.</summary>
    Finished,

    /// <summary>Not known yet: a new transaction id has to be drawn, then it becomes <see cref="Finished"/>.</summary>
    Unknown,
}

/// <summary>A lane record as the keeper queues it. Void records (snapshot) are not queued at all.</summary>
/// <param name="Offset">Lane offset.</param>
/// <param name="Proof">What has to be seen.</param>
/// <param name="Xid">64-bit transaction id; meaningless for <see cref="XidProof.Unknown"/>.</param>
public readonly record struct LaneXid(long Offset, XidProof Proof, ulong Xid);

/// <summary>Neighbouring records that wait for the same proof.</summary>
/// <param name="First">Offset of the first.</param>
/// <param name="Proof">What has to be seen.</param>
/// <param name="Xid">Transaction id that the proof is about.</param>
public readonly record struct XidRun(long First, XidProof Proof, ulong Xid)
{
    /// <summary>The id that stands for this run in <see cref="Cache.Protocol.FrontierDecision"/>: null once proven, else one that the snapshot does not show.</summary>
    public ulong? Blocking(PgSnapshot snapshot) => Proof switch
    {
        XidProof.Visible => snapshot.Sees(Xid) ? null : Xid,
        XidProof.Finished => snapshot.Xmin > Xid ? null : snapshot.Xmin,
        _ => snapshot.Xmax,
    };
}
