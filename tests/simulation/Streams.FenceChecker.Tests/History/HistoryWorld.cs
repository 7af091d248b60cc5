using System.Runtime.CompilerServices;
using Streams.FenceChecker.Tests.Lane;

namespace Streams.FenceChecker.Tests.History;

/// <summary>Records of the lane: the transaction, and <see cref="HistoryWorld.FromNew"/> if the source on the new primary sent it.</summary>
[InlineArray(HistoryWorld.LogCapacity)]
public struct HistoryLog
{
    private byte _first;
}

/// <summary>A reader that may ask either primary.</summary>
public struct HistoryReader
{
    /// <summary>0 idle, 1 has the reply, 2 has the snapshot.</summary>
    public byte Phase;

    /// <summary>Stamp taken.</summary>
    public byte Stamp;

    /// <summary>Epoch taken.</summary>
    public byte Epoch;

    /// <summary>Transactions seen.</summary>
    public byte Holds;

    /// <summary>Primary that answered: 1 old, 2 new.</summary>
    public byte Node;
}

/// <summary>An old primary that is lost or lives on as a zombie, a new one, one lane, one Redis, one sink.</summary>
public struct HistoryWorld
{
    /// <summary>Most records in the lane.</summary>
    public const int LogCapacity = 4;

    /// <summary>Mark of a record that the new primary's source sent.</summary>
    public const byte FromNew = 16;

    /// <summary>Per transaction on the old primary: 0 not committed, 1 in the WAL, 2 visible.</summary>
    public PerTransaction Old;

    /// <summary>The same on the new primary.</summary>
    public PerTransaction New;

    /// <summary>Transactions in commit order on the old primary.</summary>
    public PerTransaction Order;

    /// <summary>Commits on the old primary.</summary>
    public byte Commits;

    /// <summary>How many of them, in order, have reached the standby or the disk.</summary>
    public byte Replicated;

    /// <summary>1 once the new primary serves.</summary>
    public byte FailedOver;

    /// <summary>Transactions that the old source has sent.</summary>
    public byte SentByOld;

    /// <summary>Transactions that the new source has sent.</summary>
    public byte SentByNew;

    /// <summary>The lane.</summary>
    public HistoryLog Log;

    /// <summary>Its end.</summary>
    public byte Length;

    /// <summary>1 once the slot on the new primary is consistent.</summary>
    public byte Slot;

    /// <summary>Transactions in the new primary's WAL before its slot: never sent.</summary>
    public byte BeforeSlot;

    /// <summary>Steps of the change of epoch done.</summary>
    public byte Step;

    /// <summary>One of <see cref="BarrierPhase"/>.</summary>
    public byte Barrier;

    /// <summary>Transactions that the barrier waits for.</summary>
    public byte Waiting;

    /// <summary>End of the lane when the barrier began.</summary>
    public byte Base;

    /// <summary>Redis.</summary>
    public RedisState Redis;

    /// <summary>Readers.</summary>
    public Pair<HistoryReader> Readers;
}
