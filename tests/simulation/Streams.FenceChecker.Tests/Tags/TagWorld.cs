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
    /// <summary>1 = there is one.</summary>
    public byte Exists;

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

    /// <summary>Transactions seen.</summary>
    public byte Holds;

    /// <summary>Frontier per lane.</summary>
    public Triple Stamps;
}

/// <summary>Several keys and tags over several lanes, in one epoch.</summary>
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

    /// <summary>Fence cells.</summary>
    public Triple Cells;

    /// <summary>Records applied per lane, as a set of offsets.</summary>
    public Triple Applied;

    /// <summary>The values of the keys.</summary>
    public Pair<TaggedValue> Values;

    /// <summary>The readers.</summary>
    public Pair<TagReader> Readers;
}
