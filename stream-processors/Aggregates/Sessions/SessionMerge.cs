using System.Collections.Immutable;
using Streams.Core.Aggregates;
using Streams.Processors.Aggregates.State;

namespace Streams.Processors.Aggregates.Sessions;

/// <summary>Merges the slots of a session, over the raw partitions, into SQL's results.</summary>
internal sealed class SessionMerge(AggregatePlan plan, AggregatePlan slots, int rawPartitions, StateOverlay partials, StateOverlay buckets)
{
    private readonly long _gap = WindowMath.Micros(plan.Window!.Size);

    /// <summary>First and last instant of a slot over the raw partitions; null: no rows.</summary>
    public SlotBounds? BoundsOf(Cell slot)
    {
        SlotBounds? all = null;
        for (var raw = 0; raw < rawPartitions; raw++)
        {
            if (partials.Get(PartialKey.Of(slot, raw)) is { } bytes && HeldSlot.BoundsOf(Versioned.Read(bytes).Rest) is { } one)
            {
                all = all is { } so ? new SlotBounds(Math.Min(so.First, one.First), Math.Max(so.Last, one.Last)) : one;
            }
        }

        return all;
    }

    /// <summary>The session that begins at an instant, without its versions; without end and measures when none begins there.</summary>
    public MergedCell Of(Cell cell, SlotWalk walk)
    {
        var start = cell.WindowStart!.Value;
        var slot = WindowMath.SlotOf(start, _gap);
        if (walk.Of(slot) is not { } bounds || bounds.First != start || walk.Continues(slot))
        {
            return new MergedCell([], null, []);
        }

        var parts = new List<SlotPart>(PartsOf(cell.At(slot)));
        while (walk.Continues(slot + _gap))
        {
            slot += _gap;
            parts.AddRange(PartsOf(cell.At(slot)));
        }

        var measures = MeasureMerge.Of(plan, slots, [.. parts.Select(part => part.Partial)], measure => Distinct(measure, parts));
        return new MergedCell([], walk.Of(slot)!.Value.Last, measures!.Value);
    }

    private IEnumerable<SlotPart> PartsOf(Cell slot)
    {
        for (var raw = 0; raw < rawPartitions; raw++)
        {
            if (partials.Get(PartialKey.Of(slot, raw)) is { } bytes && Versioned.Read(bytes).Rest is { IsEmpty: false } rest)
            {
                yield return new SlotPart(slot, raw, HeldSlot.PartialOf(slots, rest));
            }
        }
    }

    /// <summary>Values that any slot has in any raw partition, bucket by bucket.</summary>
    private long? Distinct(int measure, List<SlotPart> parts)
    {
        var count = 0L;
        foreach (var bucket in parts.SelectMany(part => part.Partial.Extras[measure].Buckets.Select(one => (part, one.Bucket))).GroupBy(one => one.Bucket, one => one.part))
        {
            var values = new HashSet<byte[]>(ByteComparer.Instance);
            foreach (var part in bucket)
            {
                if (buckets.Get(PartialKey.Of(part.Slot, (byte)measure, bucket.Key, part.Raw)) is { } bytes)
                {
                    MeasureMerge.Add(values, Versioned.Read(bytes).Rest);
                }
            }

            count += values.Count;
        }

        return count;
    }

    private sealed record SlotPart(Cell Slot, int Raw, CellPartial Partial);
}
