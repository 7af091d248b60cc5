using System.Collections.Immutable;
using Streams.Core.Aggregates;
using Streams.Core.Values;
using Streams.Processors.Aggregates.State;

namespace Streams.Processors.Aggregates;

/// <summary>What all raw partitions together say of a cell.</summary>
/// <param name="Versions">By raw partition; of one that has stated nothing the version of its sweep.</param>
/// <param name="End">End of the window, null without windows; of a session its last row, null when there is none.</param>
/// <param name="Measures">Results; empty: no rows.</param>
internal sealed record MergedCell(ImmutableArray<long> Versions, long? End, ImmutableArray<MeasureValue> Measures);

/// <summary>Merges the partials of a cell into SQL's results.</summary>
internal sealed class CellMerge(AggregatePlan plan, int rawPartitions, StateOverlay partials, BucketCounts buckets, Func<int, long> sweptAt)
{
    /// <summary>Null while a bucket is missing, or is ahead of the cell: the next statement of the cell is on its way.</summary>
    public MergedCell? Of(Cell cell)
    {
        var versions = new long[rawPartitions];
        var parts = new List<(int Raw, CellPartial Partial)>();
        for (var raw = 0; raw < rawPartitions; raw++)
        {
            versions[raw] = sweptAt(raw);
            if (partials.Get(PartialKey.Of(cell, raw)) is not { } bytes)
            {
                continue;
            }

            var held = Versioned.Read(bytes);
            versions[raw] = held.Version;
            if (!held.Rest.IsEmpty)
            {
                parts.Add((raw, CellPartial.Read(plan, held.Rest)));
            }
        }

        return Merge(cell, versions, parts);
    }

    private MergedCell? Merge(Cell cell, long[] versions, List<(int Raw, CellPartial Partial)> parts)
    {
        var end = cell.WindowStart is { } start ? WindowMath.EndOf(plan.Window!, start) : (long?)null;
        var measures = MeasureMerge.Of(plan, plan, [.. parts.Select(part => part.Partial)], measure => Distinct(cell, measure, versions, parts));
        return measures is { } results ? new MergedCell([.. versions], end, results) : null;
    }

    /// <summary>Values that any partition has in a bucket, over the buckets. Null: what is held is not of one moment.</summary>
    private long? Distinct(Cell cell, int measure, long[] versions, List<(int Raw, CellPartial Partial)> parts)
    {
        var count = 0L;
        var listed = parts.SelectMany(part => part.Partial.Extras[measure].Buckets.Select(bucket => (part.Raw, bucket.Bucket, bucket.Version)));
        foreach (var bucket in listed.GroupBy(entry => entry.Bucket))
        {
            var entries = bucket.ToArray();
            var counted = buckets.Of(cell, (byte)measure, bucket.Key, [.. entries.Select(entry => entry.Raw)]);
            for (var i = 0; i < entries.Length; i++)
            {
                // As old as the cell says, or newer and yet not beyond the cell: then nothing of it has changed in between.
                var (raw, _, version) = entries[i];
                var held = counted.Versions[i] ?? sweptAt(raw);
                if (held < version || held > versions[raw])
                {
                    return null;
                }
            }

            count += counted.Count;
        }

        return count;
    }
}
