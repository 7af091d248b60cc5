using System.Runtime.CompilerServices;
using Streams.FenceChecker.Tests.Lane;

namespace Streams.FenceChecker.Tests.Tags;

/// <summary>Up to three lanes, items or fence cells, one byte each.</summary>
[InlineArray(TagWorld.Width)]
public struct Triple
{
    private byte _first;
}

/// <summary>Records of one lane: transaction × 4 + item. Offsets count from 1.</summary>
[InlineArray(4)]
public struct TagLog
{
    private byte _first;
}

/// <summary>The logs of all lanes.</summary>
[InlineArray(TagWorld.Width)]
public struct TagLogs
{
    private TagLog _first;
}

/// <summary>A cached value with one stamp per lane.</summary>
public struct TaggedValue
{
    /// <summary>Epoch of its fill; 0 = there is none.</summary>
    public byte Epoch;

    /// <summary>Transactions that it holds.</summary>
    public byte Holds;

    /// <summary>Stamp per lane.</summary>
    public Triple Stamps;
}

/// <summary>A reader on its way from READ to FILL.</summary>
public struct TagReader
{
    /// <summary>0 idle, 1 has the reply, 2 has the snapshot.</summary>
    public byte Phase;

    /// <summary>Key that it reads.</summary>
    public byte Key;

    /// <summary>Epoch of the frontiers.</summary>
    public byte Epoch;

    /// <summary>Transactions seen.</summary>
    public byte Holds;

    /// <summary>Frontier per lane.</summary>
    public Triple Stamps;
}

/// <summary>Where the answer to a truncation stands.</summary>
public static class ReFloorPhase
{
    /// <summary>Settled.</summary>
    public const byte Settled = 0;

    /// <summary>The lane was cut; nobody has answered.</summary>
    public const byte Due = 1;

    /// <summary>The durable epoch is advanced, some pieces of Redis are not.</summary>
    public const byte Pieces = 2;
}

/// <summary>Several keys and tags over several lanes.</summary>
public struct TagWorld
{
    /// <summary>Most lanes, items, cells and transactions.</summary>
    public const int Width = 3;

    /// <summary>Per transaction: 0 not committed, 1 in the WAL, 2 visible.</summary>
    public PerTransaction Commit;

    /// <summary>Per transaction: items whose record is emitted.</summary>
    public PerTransaction Emitted;

    /// <summary>The lanes.</summary>
    public TagLogs Logs;

    /// <summary>Records per lane.</summary>
    public Triple Lengths;

    /// <summary>Frontier per lane.</summary>
    public Triple Frontiers;

    /// <summary>Epoch of each frontier.</summary>
    public Triple FrontierEpochs;

    /// <summary>Fence cells, 0 = absent; each stands for a slot of its own.</summary>
    public Triple Cells;

    /// <summary>Floors of their tables.</summary>
    public Triple Floors;

    /// <summary>Epochs of their tables.</summary>
    public Triple SlotEpochs;

    /// <summary>Per transaction: items that its record was applied to.</summary>
    public PerTransaction Promised;

    /// <summary>Per transaction: items whose record was lost with the end of a lane.</summary>
    public PerTransaction Lost;

    /// <summary>End of each lane when the re-floor began.</summary>
    public Triple Ends;

    /// <summary>Per lane, one of <see cref="BarrierPhase"/>.</summary>
    public Triple Barriers;

    /// <summary>Per lane, the transactions that its barrier waits for.</summary>
    public Triple Waiting;

    /// <summary>Per lane, its end when its barrier began.</summary>
    public Triple Bases;

    /// <summary>The durable epoch.</summary>
    public byte Durable;

    /// <summary>One of <see cref="ReFloorPhase"/>.</summary>
    public byte Phase;

    /// <summary>Pieces of the re-floor done: a bit per cell, then a bit per lane.</summary>
    public byte Done;

    /// <summary>Truncations so far.</summary>
    public byte Truncations;

    /// <summary>The values of the keys.</summary>
    public Pair<TaggedValue> Values;

    /// <summary>The readers.</summary>
    public Pair<TagReader> Readers;
}
