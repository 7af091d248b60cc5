using System.Collections.Immutable;
using Streams.Core.Aggregates;
using Streams.Core.Values;
using Streams.Processors.Aggregates.State;

namespace Streams.Processors.Aggregates;

/// <summary>What all raw partitions together say of a cell.</summary>
/// <param name="Versions">By raw partition; of one that has stated nothing the version of its sweep.</param>
/// <param name="Measures">Results; empty: no rows.</param>
/// <param name="IsComplete">False while a bucket is missing, or is ahead of the cell: the next statement of the cell is on its way.</param>
internal sealed record MergedCell(ImmutableArray<long> Versions, ImmutableArray<MeasureValue> Measures, bool IsComplete);

/// <summary>Merges the partials of a cell into SQL's results.</summary>
internal sealed class CellMerge(AggregatePlan plan, int rawPartitions, StateOverlay partials, StateOverlay buckets, Func<int, long> sweptAt)
{
    public MergedCell Of(Cell cell)
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

    private MergedCell Merge(Cell cell, long[] versions, List<(int Raw, CellPartial Partial)> parts)
    {
        var state = new PartialState(plan);
        foreach (var (_, partial) in parts)
        {
            state.Merge(partial.State);
        }

        var results = ImmutableArray.CreateBuilder<MeasureValue>(plan.Measures.Length);
        for (var i = 0; i < plan.Measures.Length; i++)
        {
            if (plan.Measures[i].Kind == MeasureKind.CountDistinct)
            {
                if (Distinct(cell, i, versions, parts) is not { } count)
                {
                    return new MergedCell([.. versions], [], false);
                }

                results.Add(MeasureValue.Of(SqlValue.Of(count)));
            }
            else
            {
                results.Add(Result(plan.Measures[i], i, state, parts));
            }
        }

        return new MergedCell([.. versions], state.Rows == 0 ? [] : results.MoveToImmutable(), true);
    }

    private static MeasureValue Result(Measure measure, int index, PartialState state, List<(int Raw, CellPartial Partial)> parts) => measure.Kind switch
    {
        MeasureKind.Count => MeasureValue.Of(SqlValue.Of(measure.Argument is null ? state.Rows : state.Count(index))),
        MeasureKind.Sum => MeasureValue.Of(state.Count(index) == 0 ? SqlValue.Null : Sum(measure, state.Sum(index).Sum)),
        MeasureKind.Average => MeasureValue.Of(state.Count(index) == 0 ? SqlValue.Null : SqlValue.Of(Average(state.Sum(index)))),
        MeasureKind.Minimum => MeasureValue.Of(Best(index, parts).DefaultIfEmpty().MinBy(entry => entry.Value).Value),
        MeasureKind.Maximum => MeasureValue.Of(Best(index, parts).DefaultIfEmpty().MaxBy(entry => entry.Value).Value),
        _ => new MeasureValue(SqlValue.Null, Top(measure, index, parts)),
    };

    private static SqlValue Sum(Measure measure, PgNumeric sum) =>
        measure.Type.Kind == SqlKind.Integer && sum.Unscaled >= long.MinValue && sum.Unscaled <= long.MaxValue ? SqlValue.Of((long)sum.Unscaled) : SqlValue.Of(sum);

    private static PgNumeric Average(SumState sum) => sum.Sum is { IsFinite: true } finite ? PgNumeric.Divide(finite, PgNumeric.Of(sum.Count)) : sum.Sum;

    private static IEnumerable<TopEntry> Best(int index, List<(int Raw, CellPartial Partial)> parts) => parts.SelectMany(part => part.Partial.Extras[index].Best);

    /// <summary>Each partition's list is in order, and keys are told apart by their own order there: merging keeps it.</summary>
    private static ImmutableArray<TopEntry> Top(Measure measure, int index, List<(int Raw, CellPartial Partial)> parts) =>
        [.. Best(index, parts).OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key, KeyOrder.Instance).Take(measure.Limit)];

    /// <summary>Values that any partition has in a bucket, over the buckets. Null: what is held is not of one moment.</summary>
    private long? Distinct(Cell cell, int measure, long[] versions, List<(int Raw, CellPartial Partial)> parts)
    {
        var count = 0L;
        var listed = parts.SelectMany(part => part.Partial.Extras[measure].Buckets.Select(bucket => (part.Raw, bucket.Bucket, bucket.Version)));
        foreach (var bucket in listed.GroupBy(entry => entry.Bucket))
        {
            var values = new HashSet<byte[]>(ByteComparer.Instance);
            foreach (var (raw, _, version) in bucket)
            {
                // As old as the cell says, or newer and yet not beyond the cell: then nothing of it has changed in between.
                var held = buckets.Get(PartialKey.Of(cell, (byte)measure, bucket.Key, raw)) is { } bytes ? Versioned.Read(bytes) : new Versioned(sweptAt(raw), []);
                if (held.Version < version || held.Version > versions[raw])
                {
                    return null;
                }

                Add(values, held.Rest);
            }

            count += values.Count;
        }

        return count;
    }

    private static void Add(HashSet<byte[]> values, ReadOnlySpan<byte> bytes)
    {
        var reader = new ValueReader(bytes);
        while (!reader.AtEnd)
        {
            values.Add(reader.Bytes().ToArray());
        }
    }
}

/// <summary>Primary keys by number where both are whole numbers, else by their characters.</summary>
internal sealed class KeyOrder : IComparer<string>
{
    public static readonly KeyOrder Instance = new();

    public int Compare(string? x, string? y) =>
        long.TryParse(x, out var a) && long.TryParse(y, out var b) ? a.CompareTo(b) : string.CompareOrdinal(x, y);
}
