using System.Collections.Immutable;
using Streams.Core.Aggregates;
using Streams.Core.Values;
using Streams.Processors.Aggregates.State;

namespace Streams.Processors.Aggregates;

/// <summary>SQL's results of partials that do not share a row.</summary>
internal static class MeasureMerge
{
    /// <summary>Merges.</summary>
    /// <param name="plan">The measures.</param>
    /// <param name="partialPlan">Plan of the partials: its measures begin with these.</param>
    /// <param name="parts">Partials.</param>
    /// <param name="distinct">How many different values a measure has; null: not known yet.</param>
    /// <returns>By measure; empty: no rows. Null: not known yet.</returns>
    public static ImmutableArray<MeasureValue>? Of(AggregatePlan plan, AggregatePlan partialPlan, IReadOnlyList<CellPartial> parts, Func<int, long?> distinct)
    {
        var state = new PartialState(partialPlan);
        foreach (var part in parts)
        {
            state.Merge(part.State);
        }

        var results = ImmutableArray.CreateBuilder<MeasureValue>(plan.Measures.Length);
        for (var i = 0; i < plan.Measures.Length; i++)
        {
            if (plan.Measures[i].Kind != MeasureKind.CountDistinct)
            {
                results.Add(Result(plan.Measures[i], i, state, parts));
            }
            else if (distinct(i) is { } count)
            {
                results.Add(MeasureValue.Of(SqlValue.Of(count)));
            }
            else
            {
                return null;
            }
        }

        return state.Rows == 0 ? [] : results.MoveToImmutable();
    }

    /// <summary>Puts the values of a bucket into a set.</summary>
    public static void Add(HashSet<byte[]> values, ReadOnlySpan<byte> bytes)
    {
        var reader = new ValueReader(bytes);
        while (!reader.AtEnd)
        {
            values.Add(reader.Bytes().ToArray());
        }
    }

    private static MeasureValue Result(Measure measure, int index, PartialState state, IReadOnlyList<CellPartial> parts) => measure.Kind switch
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

    private static IEnumerable<TopEntry> Best(int index, IReadOnlyList<CellPartial> parts) => parts.SelectMany(part => part.Extras[index].Best);

    /// <summary>Each partition's list is in order, and keys are told apart by their own order there: merging keeps it.</summary>
    private static ImmutableArray<TopEntry> Top(Measure measure, int index, IReadOnlyList<CellPartial> parts) =>
        [.. Best(index, parts).OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key, KeyOrder.Instance).Take(measure.Limit)];
}

/// <summary>Primary keys by number where both are whole numbers, else by their characters.</summary>
internal sealed class KeyOrder : IComparer<string>
{
    public static readonly KeyOrder Instance = new();

    public int Compare(string? x, string? y) =>
        long.TryParse(x, out var a) && long.TryParse(y, out var b) ? a.CompareTo(b) : string.CompareOrdinal(x, y);
}
