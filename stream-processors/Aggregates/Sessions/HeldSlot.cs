using Streams.Core.Aggregates;
using Streams.Core.Values;

namespace Streams.Processors.Aggregates.Sessions;

/// <summary>A slot as stage 2 holds it: its bounds, then the partial, so that walking need not read the partials.</summary>
internal static class HeldSlot
{
    /// <summary>Bytes; none: no rows.</summary>
    public static byte[] Write(CellPartial? partial, ReadOnlySpan<byte> bytes)
    {
        if (partial is not { State.Rows: > 0 })
        {
            return [];
        }

        var (first, last) = SlotPlan.Bounds(partial);
        return new ValueWriter().Number(first).Number(last).Raw(bytes).ToArray();
    }

    /// <summary>Bounds; null: no rows.</summary>
    public static SlotBounds? BoundsOf(ReadOnlySpan<byte> bytes)
    {
        var reader = new ValueReader(bytes);
        return reader.AtEnd ? null : new SlotBounds(reader.Number(), reader.Number());
    }

    /// <summary>The partial of a slot that has rows.</summary>
    public static CellPartial PartialOf(AggregatePlan slots, ReadOnlySpan<byte> bytes)
    {
        var reader = new ValueReader(bytes);
        reader.Number();
        reader.Number();
        return CellPartial.Read(slots, reader.Rest);
    }
}
