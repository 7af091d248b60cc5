using System.Collections.Immutable;
using Streams.Cache.Protocol;
using Streams.Core.Fencing;

namespace Streams.InvalidationSink.Lanes;

/// <summary>
/// The keeper's queue of one lane: records read and not proven yet, run-length compressed by transaction, bounded. When it is full the newest runs
/// are put together and wait for all of their transactions to be finished: later than needed, never too early.
/// </summary>
/// <param name="Runs">In offset order.</param>
/// <param name="End">Position after the last record read.</param>
public sealed record XidRuns(ImmutableArray<XidRun> Runs, long End)
{
    /// <summary>Most runs of one lane.</summary>
    public const int Limit = 4096;

    /// <summary>Nothing read yet from <paramref name="position"/> on.</summary>
    public static XidRuns From(long position) => new([], position);

    /// <summary>Whether a transaction id is still to be drawn for some record.</summary>
    public bool HasUnknown => Runs.Any(run => run.Proof == XidProof.Unknown);

    /// <summary>Appends a batch. Records that were queued before (the lane is read again after a rewind) are left out.</summary>
    /// <param name="records">In offset order, without void ones.</param>
    /// <param name="next">Position after the batch.</param>
    public XidRuns Append(IEnumerable<LaneXid> records, long next)
    {
        var runs = Runs.ToBuilder();
        foreach (var record in records)
        {
            if (record.Offset >= End)
            {
                Add(runs, new XidRun(record.Offset, record.Proof, record.Xid));
            }
        }

        return new XidRuns(runs.ToImmutable(), Math.Max(End, next));
    }

    /// <summary>Without what is proven. A run that reaches beyond it begins behind it.</summary>
    public XidRuns Above(long proven)
    {
        var gone = 0;
        while (gone < Runs.Length && LastOf(gone) <= proven)
        {
            gone++;
        }

        var kept = Runs.RemoveRange(0, gone);
        if (kept.Length > 0 && kept[0].First <= proven)
        {
            kept = kept.SetItem(0, kept[0] with { First = proven + 1 });
        }

        return this with { Runs = kept };
    }

    /// <summary>
    /// After a new transaction id was drawn: what was read before belongs to ids below it. Unknown ones wait for all below; an id above it was never
    /// given out by this primary, so its record comes from another history and is void [M31].
    /// </summary>
    /// <param name="newXid">Drawn after everything below <paramref name="readBefore"/> was read.</param>
    /// <param name="readBefore">End of the queue when it was asked for.</param>
    public XidRuns Resolve(ulong newXid, long readBefore)
    {
        var runs = ImmutableArray.CreateBuilder<XidRun>(Runs.Length);
        for (var i = 0; i < Runs.Length; i++)
        {
            var run = Runs[i];
            if (run.First >= readBefore || (run.Proof == XidProof.Visible && run.Xid <= newXid))
            {
                runs.Add(run);
            }
            else if (run.Proof != XidProof.Visible)
            {
                runs.Add(run with { Proof = XidProof.Finished, Xid = run.Proof == XidProof.Unknown ? newXid : Math.Min(run.Xid, newXid) });
                AddRest(runs, run, i, readBefore);
            }
            else
            {
                // The void id may since have been given out here: a neighbour that was read later is the real transaction.
                AddRest(runs, run, i, readBefore);
            }
        }

        return this with { Runs = runs.ToImmutable() };
    }

    /// <summary>The queue as <see cref="FrontierDecision.Advance"/> takes it.</summary>
    public IEnumerable<LaneRecord> Records(PgSnapshot snapshot) => Runs.Select(run => new LaneRecord(run.First, run.Blocking(snapshot)));

    private long LastOf(int index) => (index + 1 < Runs.Length ? Runs[index + 1].First : End) - 1;

    /// <summary>What of a run was read after the new id was asked for: nothing is known of it yet.</summary>
    private void AddRest(ImmutableArray<XidRun>.Builder runs, XidRun run, int index, long readBefore)
    {
        if (LastOf(index) >= readBefore)
        {
            runs.Add(run with { First = readBefore });
        }
    }

    private static void Add(ImmutableArray<XidRun>.Builder runs, XidRun run)
    {
        if (runs.Count > 0 && runs[^1].Proof == run.Proof && runs[^1].Xid == run.Xid)
        {
            return;
        }

        if (runs.Count < Limit)
        {
            runs.Add(run);
            return;
        }

        var last = runs[^1];
        var unknown = last.Proof == XidProof.Unknown || run.Proof == XidProof.Unknown;
        runs[^1] = new XidRun(last.First, unknown ? XidProof.Unknown : XidProof.Finished, Math.Max(last.Xid, run.Xid));
    }
}
