using Streams.FenceChecker.Tests.Rules;

namespace Streams.FenceChecker.Tests.Tags;

/// <summary>Bounds and layout of one run of <see cref="TagModel"/>. An item is a key or a tag: the first <see cref="Keys"/> items are keys.</summary>
public sealed record TagConfiguration
{
    /// <summary>The decisions; a mutant overrides one of them.</summary>
    public ProtocolRules Rules { get; init; } = new();

    /// <summary>Transactions.</summary>
    public int Transactions { get; init; } = 2;

    /// <summary>Readers.</summary>
    public int Readers { get; init; } = 2;

    /// <summary>Keys, 1 or 2.</summary>
    public int Keys { get; init; } = 1;

    /// <summary>Lanes.</summary>
    public int Lanes { get; init; } = 1;

    /// <summary>Lane of each item.</summary>
    public required int[] Lane { get; init; }

    /// <summary>Fence cell of each item.</summary>
    public required int[] Cell { get; init; }

    /// <summary>Set of items that each transaction invalidates.</summary>
    public required byte[] Touches { get; init; }

    /// <summary>Truncations of a lane, each answered by a re-floor of all slots and frontiers in pieces.</summary>
    public int Truncations { get; init; }

    /// <summary>Tags of a value that does not hold the mover.</summary>
    public byte TagsBefore { get; init; }

    /// <summary>Tags of a value that holds the mover.</summary>
    public byte TagsAfter { get; init; }

    /// <summary>Transaction that moves the row from one tag to another.</summary>
    public int Mover { get; init; }

    /// <summary>Transactions that change the value whatever its tags.</summary>
    public byte Changes { get; init; }
}
