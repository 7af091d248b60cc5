using Streams.FenceChecker.Tests.Engine;
using Streams.FenceChecker.Tests.Lane;

namespace Streams.FenceChecker.Tests.Peers;

/// <summary>Ways to invalidate that others use.</summary>
public enum Peer
{
    /// <summary>Delete on change; readers SET what they read.</summary>
    DeleteOnly,

    /// <summary>Delete on change and once more after a while.</summary>
    DoubleDelete,

    /// <summary>A miss hands out a lease; a delete voids it; SET needs a valid one.</summary>
    Lease,

    /// <summary>SET carries the WAL position at the snapshot and is refused below the commit position of what was deleted.</summary>
    LsnStamp,
}

/// <summary>A reader of a peer.</summary>
public struct PeerReader
{
    /// <summary>0 idle, 1 has missed, 2 has its rows.</summary>
    public byte Phase;

    /// <summary>Transactions seen.</summary>
    public byte Holds;

    /// <summary>WAL position taken with the snapshot.</summary>
    public byte Position;

    /// <summary>1 while its lease is valid.</summary>
    public byte Lease;
}

/// <summary>Postgres, a source that hands out commits, a plain cache.</summary>
public struct PeerWorld
{
    /// <summary>Per transaction: 0 not committed, 1 in the WAL, 2 visible.</summary>
    public PerTransaction Commit;

    /// <summary>Per transaction: position of its commit record.</summary>
    public PerTransaction Position;

    /// <summary>Per transaction: deletes done.</summary>
    public PerTransaction Deletes;

    /// <summary>End of the WAL.</summary>
    public byte End;

    /// <summary>Highest commit position deleted for.</summary>
    public byte Fence;

    /// <summary>1 = a value is cached.</summary>
    public byte Exists;

    /// <summary>Transactions that it holds.</summary>
    public byte Holds;

    /// <summary>Readers.</summary>
    public Pair<PeerReader> Readers;
}

/// <summary>The peers in the same environment: commits that hang, readers that stall. None of them keeps the promise; if one did, the environment would be too kind.</summary>
/// <param name="peer">Which one.</param>
/// <param name="deletesAfterVisible">A kinder world: no invalidation runs before its transaction is visible. A source that reads the WAL cannot promise that.</param>
/// <param name="transactions">Transactions.</param>
/// <param name="readers">Readers.</param>
public sealed class PeerModel(Peer peer, bool deletesAfterVisible, int transactions = 2, int readers = 2) : IModel<PeerWorld>
{
    private readonly int _deletes = peer == Peer.DoubleDelete ? 2 : 1;

    /// <inheritdoc/>
    public PeerWorld Initial => default;

    /// <inheritdoc/>
    public void Expand(in PeerWorld state, Steps<PeerWorld> steps)
    {
        for (var t = 0; t < transactions; t++)
        {
            Database(state, t, steps);
            Delete(state, t, steps);
        }

        for (var k = 0; k < readers; k++)
        {
            Reader(state, k, steps);
        }
    }

    /// <inheritdoc/>
    public string? Violation(in PeerWorld state)
    {
        for (var t = 0; t < transactions && state.Exists == 1; t++)
        {
            if (state.Deletes[t] == _deletes && (state.Holds >> t & 1) == 0)
            {
                return $"I1: the invalidation of T {t} is done, and a value without it can be hit";
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public bool IsGood(in PeerWorld state) => state.Exists == 1;

    private static byte Visible(in PeerWorld state)
    {
        byte set = 0;
        for (var t = 0; t < 3; t++)
        {
            set |= (byte)(state.Commit[t] == 2 ? 1 << t : 0);
        }

        return set;
    }

    private static void Database(in PeerWorld state, int t, Steps<PeerWorld> steps)
    {
        var next = state;
        if (state.Commit[t] == 0)
        {
            next.Commit[t] = 1;
            next.Position[t] = ++next.End;
            steps.Chance("commit record of T", next, t);
        }
        else if (state.Commit[t] == 1)
        {
            next.Commit[t] = 2;
            steps.Progress("visible: T", next, t);
        }
    }

    private void Delete(in PeerWorld state, int t, Steps<PeerWorld> steps)
    {
        if (state.Commit[t] < (deletesAfterVisible ? 2 : 1) || state.Deletes[t] == _deletes)
        {
            return;
        }

        var next = state;
        next.Deletes[t]++;
        (next.Exists, next.Holds) = (0, 0);
        next.Fence = peer == Peer.LsnStamp ? Math.Max(next.Fence, next.Position[t]) : (byte)0;
        for (var k = 0; k < readers; k++)
        {
            next.Readers[k].Lease = 0;
        }

        steps.Progress("delete for T", next, t);
    }

    private void Reader(in PeerWorld state, int k, Steps<PeerWorld> steps)
    {
        var next = state;
        ref var reader = ref next.Readers[k];
        switch (reader.Phase)
        {
            case 0 when state.Exists == 0:
                (reader.Phase, reader.Lease) = (1, peer == Peer.Lease ? (byte)1 : (byte)0);
                steps.Progress("miss by reader", next, k);
                break;
            case 1:
                (reader.Phase, reader.Holds) = (2, Visible(state));
                reader.Position = peer == Peer.LsnStamp ? state.End : (byte)0;
                steps.Progress("snapshot by reader", next, k, reader.Holds);
                break;
            case 2:
                var accepted = MaySet(state, reader);
                (next.Exists, next.Holds) = accepted ? ((byte)1, reader.Holds) : (state.Exists, state.Holds);
                reader = default;
                steps.Progress(accepted ? "SET by reader" : "SET refused, reader", next, k);
                break;
        }
    }

    private bool MaySet(in PeerWorld state, in PeerReader reader) => peer switch
    {
        Peer.Lease => reader.Lease == 1,
        Peer.LsnStamp => reader.Position >= state.Fence,
        _ => true,
    };
}
