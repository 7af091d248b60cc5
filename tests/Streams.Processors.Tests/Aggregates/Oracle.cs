using System.Collections.Immutable;
using System.Numerics;
using Streams.Core.Aggregates;
using Streams.Core.Values;
using Streams.Processors.Aggregates;

namespace Streams.Processors.Tests.Aggregates;

/// <summary>GROUP BY over rows in memory, in the plainest way: what the pipeline must equal. Postgres is asked in the tests on real servers.</summary>
internal static class Oracle
{
    public static IReadOnlyDictionary<Cell, ImmutableArray<MeasureValue>> Aggregate(AggregatePlan plan, IEnumerable<(long Id, ImmutableDictionary<string, SqlValue> Row)> rows)
    {
        var cells = new Dictionary<Cell, List<(long Id, SqlValue[] Row)>>();
        foreach (var (id, whole) in rows)
        {
            var row = Sales.Project(plan, whole);
            if (plan.Where is { } where && !where.Evaluate(row).IsTrue)
            {
                continue;
            }

            foreach (var cell in CellsOf(plan, row))
            {
                if (!cells.TryGetValue(cell, out var members))
                {
                    cells[cell] = members = [];
                }

                members.Add((id, row));
            }
        }

        if (plan.HasSessions)
        {
            cells = cells.SelectMany(group => Sessions(plan, group.Key, group.Value)).ToDictionary();
        }

        return cells.ToDictionary(entry => entry.Key, entry => plan.Measures.Select(measure => Measured(measure, entry.Value)).ToImmutableArray());
    }

    /// <summary>A group's rows in the order of their instants, cut where the next one lies further off than the gap.</summary>
    private static IEnumerable<KeyValuePair<Cell, List<(long Id, SqlValue[] Row)>>> Sessions(AggregatePlan plan, Cell group, List<(long Id, SqlValue[] Row)> rows)
    {
        var (session, last) = (new List<(long Id, SqlValue[] Row)>(), long.MaxValue);
        foreach (var row in rows.Select(row => (At: plan.WindowOn!.Evaluate(row.Row), row)).Where(row => !row.At.IsNull).OrderBy(row => row.At.Micros))
        {
            if (session.Count == 0 || row.At.Micros - last > WindowMath.Micros(plan.Window!.Size))
            {
                session = [];
                yield return new(group.At(row.At.Micros), session);
            }

            session.Add(row.row);
            last = row.At.Micros;
        }
    }

    /// <summary>Cells that a row is in, if it counts.</summary>
    public static IEnumerable<Cell> CellsOf(AggregatePlan plan, SqlValue[] row)
    {
        var group = new ValueWriter();
        foreach (var column in plan.Groups)
        {
            group.Value(column.Expression.Evaluate(row), canonical: true);
        }

        if (plan.Window is not { } window || plan.HasSessions)
        {
            return [Cell.Of(group.Written, null, new ValueWriter())];
        }

        var at = plan.WindowOn!.Evaluate(row);
        var (size, advance) = (WindowMath.Micros(window.Size), WindowMath.Micros(window.Advance));
        // Every start that is a multiple of the advance and whose window holds the instant.
        return at.IsNull ? [] : Enumerable.Range(-20, 40)
            .Select(i => ((at.Micros / advance) + i) * advance)
            .Where(start => start <= at.Micros && at.Micros < start + size)
            .Select(start => Cell.Of(group.Written, start, new ValueWriter()));
    }

    private static MeasureValue Measured(Measure measure, List<(long Id, SqlValue[] Row)> members)
    {
        var values = members.Select(member => (member.Id, Value: measure.Argument?.Evaluate(member.Row) ?? SqlValue.True)).Where(pair => !pair.Value.IsNull).ToList();
        return measure.Kind switch
        {
            MeasureKind.Count => MeasureValue.Of(SqlValue.Of(values.Count)),
            MeasureKind.CountDistinct => MeasureValue.Of(SqlValue.Of(values.Select(pair => pair.Value).Distinct().Count())),
            MeasureKind.Top => new MeasureValue(SqlValue.Null,
                [.. values.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Id).Take(measure.Limit).Select(pair => new TopEntry(pair.Value, $"{pair.Id}"))]),
            _ when values.Count == 0 => MeasureValue.Of(SqlValue.Null),
            MeasureKind.Minimum => MeasureValue.Of(values.Min(pair => pair.Value)),
            MeasureKind.Maximum => MeasureValue.Of(values.Max(pair => pair.Value)),
            MeasureKind.Sum => MeasureValue.Of(SqlValue.Of(Sum(values.Select(pair => pair.Value)))),
            _ => MeasureValue.Of(SqlValue.Of(Sum(values.Select(pair => pair.Value)) is { IsFinite: true } sum ? PgNumeric.Divide(sum, new PgNumeric(new BigInteger(values.Count), 0)) : Sum(values.Select(pair => pair.Value)))),
        };
    }

    private static PgNumeric Sum(IEnumerable<SqlValue> values) => values.Select(value => value.Numeric).Aggregate((a, b) => a + b);
}
