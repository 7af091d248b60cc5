namespace Streams.FenceChecker.Tests.Rules;

/// <summary>The parts of APPLY.</summary>
public enum ApplyPart
{
    /// <summary>Raise the fence.</summary>
    Fence,

    /// <summary>Delete the value.</summary>
    Delete,

    /// <summary>Advance the position.</summary>
    Position,
}

/// <summary>How a reader gets V and E.</summary>
public enum ReplyOrder
{
    /// <summary>In one atomic reply.</summary>
    Atomic,

    /// <summary>V first, E later.</summary>
    FrontierFirst,

    /// <summary>E first, V later.</summary>
    EpochFirst,
}

/// <summary>A lane's position and frontier as a model stores them; epochs of 0 mean absent.</summary>
public readonly record struct LaneView(byte FrontierEpoch, byte Frontier, byte AppliedEpoch, byte Applied);

/// <summary>A slot's fence table with the one cell that matters; an epoch of 0 means that the table is absent.</summary>
public readonly record struct SlotView(byte Epoch, byte Floor, byte Cell);

/// <summary>A cached value's header as far as one lane is concerned, and the transactions it was read with; an epoch of 0 means that there is no value.</summary>
public readonly record struct ValueView(byte Epoch, byte Stamp, byte Holds);

/// <summary>What a reader may bring to FILL.</summary>
public readonly record struct ReaderView(byte Epoch, byte Stamp);

/// <summary>What a reader brings to FILL.</summary>
public readonly record struct FillRequest(byte Epoch, byte Stamp, bool SameHistory);

/// <summary>A tag of a value: the fence table that guards it, and the value's stamp for the tag's lane.</summary>
public readonly record struct TagView(SlotView Fence, byte Stamp);

/// <summary>A session's token: everything below transaction number <paramref name="Floor"/> (0 = nothing), and these besides.</summary>
public readonly record struct TokenView(byte Floor, byte Named);
