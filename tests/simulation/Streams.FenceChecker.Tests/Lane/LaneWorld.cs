using System.Runtime.CompilerServices;
using Streams.FenceChecker.Tests.Rules;

namespace Streams.FenceChecker.Tests.Lane;

/// <summary>Up to three transactions, one byte each.</summary>
[InlineArray(3)]
public struct PerTransaction
{
    private byte _first;
}

/// <summary>The records of the lane in order: each names its transaction. Offsets count from 1; 0 stands for the position before the first.</summary>
[InlineArray(LaneWorld.LogCapacity)]
public struct LaneLog
{
    private byte _first;
}

/// <summary>Two of something.</summary>
[InlineArray(2)]
public struct Pair<T>
    where T : unmanaged
{
    private T _first;
}

/// <summary>What Redis holds: the three kinds of fence key of the lane, the cached value, and (no part of Redis, but rolled back with it) what was promised.</summary>
public struct RedisState
{
    /// <summary>Epoch of the slot's fence table; 0 = the table is absent.</summary>
    public byte SlotEpoch;

    /// <summary>Floor of the table: counts for a cell that is absent.</summary>
    public byte Floor;

    /// <summary>The key's cell, or <see cref="LaneWorld.None"/>.</summary>
    public byte Cell;

    /// <summary>Epoch of the frontier; 0 = absent.</summary>
    public byte FrontierEpoch;

    /// <summary>Frontier, or <see cref="LaneWorld.None"/>: not published in this epoch.</summary>
    public byte Frontier;

    /// <summary>Epoch of the position; 0 = absent.</summary>
    public byte AppliedEpoch;

    /// <summary>Next offset to apply.</summary>
    public byte Applied;

    /// <summary>Epoch of the cached value; 0 = no value.</summary>
    public byte ValueEpoch;

    /// <summary>Stamp of the value.</summary>
    public byte Stamp;

    /// <summary>Set of transactions that the value holds.</summary>
    public byte Holds;

    /// <summary>Set of transactions whose fence and delete are done in this state of Redis.</summary>
    public byte Promised;
}

/// <summary>A sink's memory.</summary>
public struct SinkState
{
    /// <summary>One of <see cref="SinkPhase"/>.</summary>
    public byte Phase;

    /// <summary>Next offset to apply.</summary>
    public byte Position;

    /// <summary>Highest offset proven visible; the product's lane machine has <see cref="LaneWorld.None"/> here before its barrier.</summary>
    public byte Proven;

    /// <summary>First offset that the lane machine's queue may hold.</summary>
    public byte QueueFrom;

    /// <summary>Offset after the last one in the lane machine's queue.</summary>
    public byte QueueEnd;

    /// <summary>Epoch that the sink works in.</summary>
    public byte Epoch;

    /// <summary>One of <see cref="BarrierPhase"/>.</summary>
    public byte Barrier;

    /// <summary>Transactions that the barrier waits for.</summary>
    public byte Waiting;

    /// <summary>End of the lane when the barrier began.</summary>
    public byte Base;

    /// <summary>1 while something is proven that was not yet published.</summary>
    public byte Unpublished;

    /// <summary>Pieces of a re-floor done (bits), or sub-steps of an apply.</summary>
    public byte Done;
}

/// <summary>A poll of the lane machine that was asked and not yet judged.</summary>
public struct LatePoll
{
    /// <summary>1 = there is one.</summary>
    public byte Asked;

    /// <summary>Position of the sink when it asked.</summary>
    public byte Position;

    /// <summary>What it had proven then.</summary>
    public byte Proven;

    /// <summary>Durable epoch then.</summary>
    public byte Durable;

    /// <summary>What Redis answered.</summary>
    public LaneView Stored;
}

/// <summary>What a sink is doing.</summary>
public static class SinkPhase
{
    /// <summary>Not running.</summary>
    public const byte Down = 0;

    /// <summary>Between two actions.</summary>
    public const byte Idle = 1;

    /// <summary>Some sub-steps of APPLY done.</summary>
    public const byte Applying = 2;

    /// <summary>The durable epoch is advanced, Redis not yet wholly.</summary>
    public const byte ReFlooring = 3;

    /// <summary>The lane machine waits for a poll to judge what Redis answered.</summary>
    public const byte Halted = 4;
}

/// <summary>How far a barrier has come.</summary>
public static class BarrierPhase
{
    /// <summary>None is needed.</summary>
    public const byte None = 0;

    /// <summary>Needed, not begun.</summary>
    public const byte Due = 1;

    /// <summary>The end of the lane is read.</summary>
    public const byte BaseRead = 2;

    /// <summary>The new transaction id is drawn: waiting for those below it.</summary>
    public const byte Waiting = 3;
}

/// <summary>A reader between its first look at Redis and its fill.</summary>
public struct ReaderState
{
    /// <summary>0 idle, 1 has the reply, 2 has the snapshot, 3 has half a reply (a removed rule).</summary>
    public byte Phase;

    /// <summary>Stamp taken.</summary>
    public byte Stamp;

    /// <summary>Epoch taken.</summary>
    public byte Epoch;

    /// <summary>Transactions seen by the snapshot.</summary>
    public byte Holds;
}

/// <summary>Postgres, one lane, one Redis, sinks and readers.</summary>
public struct LaneWorld
{
    /// <summary>Absent.</summary>
    public const byte None = 255;

    /// <summary>Most records in the lane.</summary>
    public const int LogCapacity = 5;

    /// <summary>Per transaction: 0 not committed, 1 commit record in the WAL (may hang), 2 visible.</summary>
    public PerTransaction Commit;

    /// <summary>Per transaction: times emitted into the lane; 9 = never again, its record is lost.</summary>
    public PerTransaction Emitted;

    /// <summary>The lane.</summary>
    public LaneLog Log;

    /// <summary>Records in the lane: the offset of the last one.</summary>
    public byte Length;

    /// <summary>The Redis that serves.</summary>
    public RedisState Redis;

    /// <summary>A lagging copy of it, to which a failover may go back.</summary>
    public RedisState Copy;

    /// <summary>Whether there is a copy.</summary>
    public byte HasCopy;

    /// <summary>The durable epoch (Postgres).</summary>
    public byte DurableEpoch;

    /// <summary>Position committed in the consumer group; only removed rules rely on it.</summary>
    public byte Group;

    /// <summary>Sinks.</summary>
    public Pair<SinkState> Sinks;

    /// <summary>Polls under way.</summary>
    public Pair<LatePoll> Polls;

    /// <summary>Readers.</summary>
    public Pair<ReaderState> Readers;

    /// <summary>Copies made.</summary>
    public byte Copies;

    /// <summary>Losses so far.</summary>
    public byte Losses;

    /// <summary>Crashes so far.</summary>
    public byte Crashes;

    /// <summary>Truncations so far.</summary>
    public byte Truncations;

    /// <summary>1: the lane was cut and nobody has answered; 2: a re-floor that answers it is under way.</summary>
    public byte Cut;

    /// <summary>Transactions whose only record was lost with the end of the lane.</summary>
    public byte Lost;
}
