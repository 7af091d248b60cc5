namespace Streams.Processors.Tests.Aggregates.Mutants;

/// <summary>What stage 2 believes and says.</summary>
internal static class SecondStageMutants
{
    public static IReadOnlyList<Mutant> All { get; } =
    [
        Cells("T1", "a statement that is older than what is held is refused", "version < known.Version || (", "(", "windows") with { IsFilled = true },
        Cells("T2", "a statement that is older than the sweep is refused", "if (version < _rawOf(PartialKey.RawOf(key)).SweptAt)", "if (false)", "all"),
        Cells("T3", "that a cell is empty is remembered", "Set(family, key, Versioned.Write(version, state));", "Set(family, key, state.Length == 0 ? null : Versioned.Write(version, state));", "all"),
        Second("T4", "a sweep empties what was not stated", "_held.Sweep(sweep, isFirst: raw.Swept < raw.Wanted);", "", "all") with { IsFilled = true },
        Second("T5", "a sweep that answers an older request does not count", "return;\n        }\n\n        if (sweep.Version > raw.SweptAt)", "sweep = sweep with { Request = raw.Wanted };\n        }\n\n        if (sweep.Version > raw.SweptAt)", "extremes") with { IsFilled = true, Seeds = 900 },
        Second("T6", "nothing is said before every sweep has come", ".Where(raw => _meta.Raw[raw].Swept < _meta.Raw[raw].Wanted)", ".Where(_ => false)", "distinct") with { IsFilled = true },
        Second("T8", "a sweep finds in the store what came before it", "if (record is Sweep)", "if (false)", "extremes") with { IsFilled = true },
        Second("T9", "after the last sweep all is compared with the output", "if (wasMissing && !_isMissing && _mayPublish)", "if (false)", "sessions of few rows") with { IsFilled = true },
        Second("T10", "all rows of the output are compared, also those that nobody has stated", ".Concat(_store.Scan(StateFamily.Published, []).Select(entry => Cell.Of(entry.Key)))", "", "sessions of all rows") with { IsFilled = true },
        Second("T11", "who opens a store compares what is held with the output", "_held.Cells().Concat(", "Enumerable.Empty<Cell>().Concat(", "all") with { IsFilled = true },
        new("T12", "a sweep is a version for what is not held", "CellMerge.cs", "versions[raw] = sweptAt(raw);", "versions[raw] = 0;", "all"),
        new("T13", "an empty cell has its version in the sum", "CellMerge.cs", "versions[raw] = held.Version;", "versions[raw] = held.Rest.IsEmpty ? 0 : held.Version;", "all"),
        Second("T14", "the revision is the sum of the versions, not the highest", "merged.Versions.Sum()", "merged.Versions.Max()", "all"),
        Second("T15", "the revision is the sum of the versions, not a count of rows said", "merged.Versions.Sum()", "(Published(cell)?.Version.Revision ?? 0) + 1", "extremes") with { IsFilled = true },
        Second("T16", "an older row of somebody else is answered", "if (!isOwn && IsNoting && Owes(cell))", "if (false)", "sessions of all rows"),
        Second("T17", "an older row that came behind one on its way is answered", "_again.Add(cell);", "", "sessions"),
        Second("T18", "what changed while a row was on its way is said", "Finish(cell, now ?? row, now is not null && !Owes(cell, now));", "Finish(cell, now ?? row, true);", "sessions of few rows"),
        Second("T19", "statements of another epoch are passed over", "if (record.Epoch != _epoch)", "if (false)", "all"),
        new("B1", "a bucket is at least as new as the cell lists it", "CellMerge.cs", "held < version || held > versions[raw]", "held > versions[raw]", "distinct") { IsFilled = true },
        new("B2", "a bucket is not newer than its cell", "CellMerge.cs", "held < version || held > versions[raw]", "held < version", "all") { IsFilled = true },
        new("B3", "a bucket that is not held is empty at the sweep", "CellMerge.cs", "counted.Versions[i] ?? sweptAt(raw)", "counted.Versions[i] ?? -1", "all") { IsFilled = true },
        Cells("B4", "what was counted of a bucket is forgotten when it changes", "_counts.Changed(key);", "", "distinct"),
        new("B5", "a count is of the raw partitions that list the bucket now", "BucketCounts.cs", " && known.Listed.AsSpan().SequenceEqual(listed)", "", "distinct") { IsFilled = true },
    ];

    private static Mutant Second(string name, string rule, string text, string replacement, string plan) => new(name, rule, "Stage2.cs", text, replacement, plan);

    private static Mutant Cells(string name, string rule, string text, string replacement, string plan) => new(name, rule, "HeldCells.cs", text, replacement, plan);
}
