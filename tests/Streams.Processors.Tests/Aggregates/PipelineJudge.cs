using System.Collections.Immutable;
using Streams.Core.Aggregates;
using Streams.Processors.Aggregates;

namespace Streams.Processors.Tests.Aggregates;

/// <summary>What must hold after a run of the simulation, whatever went wrong in it. Compiled once more for every rule that is removed.</summary>
internal static class PipelineJudge
{
    private const int Steps = 600;

    /// <summary>Runs one seed. Gives the first thing that does not hold; null: everything does.</summary>
    public static string? Violation(string plan, bool isFilled, int seed)
    {
        var world = new PipelineSimulation(PipelinePlans.Of(plan), seed, isFilled);
        try
        {
            world.Run(Steps);
        }
        catch (Exception exception)
        {
            return $"it fails: {exception}";
        }

        return ViolationOfRows(world) ?? (world.HasLateRows ? ViolationOfLateRows(world) : null);
    }

    private static string? ViolationOfRows(PipelineSimulation world)
    {
        var truth = world.Truth();
        return Difference("a consumer of everything", truth, world.Consumed(compacted: false))
            ?? Difference("a consumer of the compacted topic", truth, world.Consumed(compacted: true))
            ?? (from row in world.Kept where Text(row.Kept.Measures) != Text(row.Last.Measures) select $"{row.Kept.Version} is kept behind {row.Last.Version}: {Text(row.Kept.Measures)}").FirstOrDefault()
            ?? (
                from same in world.Said.GroupBy(row => (Key: $"[{string.Join(" ", row.Groups)}] {row.WindowStart}", row.Version.Revision), row => Text(row.Measures))
                where same.Distinct().Count() > 1
                select $"revision {same.Key.Revision} of {same.Key.Key} is {string.Join(" and ", same.Distinct())}").FirstOrDefault()
            ?? world.Said.Select(row => ViolationOfRow(world, row)).FirstOrDefault(violation => violation is not null)
            ?? (world.IsHeard ? null : "what was said to the end is not known to be the end");
    }

    /// <summary>Every late row is reported and no other; and who begins where a progress or a sweep ends does not miss what was not reported yet.</summary>
    private static string? ViolationOfLateRows(PipelineSimulation world)
    {
        var (truth, said) = (world.LateTruth().ToDictionary(Text), world.Late.Select(Text).ToList());
        if (truth.Count == 0)
        {
            return "nothing was late: the simulation shows nothing";
        }

        if (truth.Keys.Except(said).FirstOrDefault() is { } silent)
        {
            return $"a late row is not reported: {silent}";
        }

        if (said.Except(truth.Keys).FirstOrDefault() is { } wrong)
        {
            return $"a row is reported that is not late: {wrong}";
        }

        return (
            from promise in world.Promises
            from late in truth.Where(late => late.Value.Change.Raw == promise.Raw && late.Value.Change.Offset < promise.Position).Select(late => late.Key).Except(said.Take(promise.Reports))
            select $"raw partition {promise.Raw} was said to be reported up to {promise.Position} before {late}").FirstOrDefault();
    }

    /// <summary>Each row is what SQL says over the prefixes that it names.</summary>
    private static string? ViolationOfRow(PipelineSimulation world, AggregateRow row)
    {
        var truth = world.TruthAt(row.Positions.Offsets);
        var cell = truth.Keys.FirstOrDefault(cell => IsOf(world.Plan, cell, row));
        var expected = cell.Equals(default(Cell)) ? [] : truth[cell];
        if (world.Plan.HasSessions && !row.IsEmpty && row.Measures[^1].Value.Micros != row.WindowEnd)
        {
            return $"{row.Version} ends at {row.WindowEnd}, its last row is at {row.Measures[^1].Value.Micros}";
        }

        return Text(expected) == Text(row.Measures)
            ? null
            : $"{row.Version} at [{string.Join(", ", row.Positions.Offsets)}] says {Text(row.Measures)}, SQL {Text(expected)}";
    }

    private static bool IsOf(AggregatePlan plan, Cell cell, AggregateRow row)
    {
        var (groups, start) = cell.Read(plan);
        return start == row.WindowStart && groups.SequenceEqual(row.Groups);
    }

    private static string? Difference(string who, IReadOnlyDictionary<Cell, ImmutableArray<MeasureValue>> truth, Dictionary<Cell, AggregateRow> held) => (
        from cell in truth.Keys.Union(held.Keys)
        let expected = truth.TryGetValue(cell, out var sql) ? Text(sql) : "no row"
        let actual = held.TryGetValue(cell, out var row) ? Text(row.Measures) : "no row"
        where expected != actual
        select $"{who} has of {Convert.ToHexString(cell.Bytes)} {actual}, SQL {expected}").FirstOrDefault();

    private static string Text(LateRow row) => $"{row.Change} [{string.Join(" ", row.Groups)}] {row.WindowStart}..{row.WindowEnd}";

    private static string Text(ImmutableArray<MeasureValue> measures) =>
        string.Join(" ", measures.Select(measure => measure.Top.IsDefaultOrEmpty ? $"{measure.Value}" : $"[{string.Join(",", measure.Top.Select(entry => $"{entry.Value}/{entry.Key}"))}]"));
}
