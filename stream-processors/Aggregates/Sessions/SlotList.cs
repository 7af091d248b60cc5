using Streams.Core.Values;

namespace Streams.Processors.Aggregates.Sessions;

/// <summary>What the statement of a group of sessions rests on: slots stated just before it, of which nobody knows yet that they have arrived.</summary>
internal static class SlotList
{
    /// <summary>Bytes.</summary>
    public static byte[] Write(IEnumerable<(Cell Slot, long Version)> slots)
    {
        var writer = new ValueWriter();
        foreach (var (slot, version) in slots)
        {
            writer.Sorted(slot.WindowStart!.Value).Number(version);
        }

        return writer.ToArray();
    }

    /// <summary>From the bytes.</summary>
    public static List<(Cell Slot, long Version)> Read(Cell group, ReadOnlySpan<byte> bytes)
    {
        var slots = new List<(Cell, long)>();
        var reader = new ValueReader(bytes);
        while (!reader.AtEnd)
        {
            var start = reader.Sorted();
            slots.Add((group.At(start), reader.Number()));
        }

        return slots;
    }
}
