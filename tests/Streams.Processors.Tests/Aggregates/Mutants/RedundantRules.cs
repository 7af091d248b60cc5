namespace Streams.Processors.Tests.Aggregates.Mutants;

/// <summary>Rules that others make up for: removed one by one, they are not missed. docs/design/0006-aggregates.md says why.</summary>
internal static class RedundantRules
{
    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("D1", "the highest version is of snapshots, too", "RowVersion.cs", "return seen.CompareTo(high) > 0 ? seen : high;", "return isSnapshot ? high : seen.CompareTo(high) > 0 ? seen : high;", "sums"),
        new("D2", "a sweep waits until what the walk came to is acknowledged", "Stage1.cs", "is { IsWalked: true, Captured.Count: 0 } resync", "is { IsWalked: true } resync", "all"),
        new("D3", "a sweep waits for the group of a slot", "Stage1.cs", "resync.Captured.Add(cell.Group);", "", "sessions of few rows"),
        new("D4", "only a statement of the resync's moment or later is its answer", "Stage1.cs", "if (_resync is { } resync && version >= resync.Position)", "if (_resync is { } resync)", "all"),
        new("D5", "a statement of the version that is held is taken", "HeldCells.cs", "version < known.Version || (", "version <= known.Version || (", "distinct"),
        new("D6", "a statement of the sweep's version is taken", "HeldCells.cs", "version < _rawOf(PartialKey.RawOf(key)).SweptAt", "version <= _rawOf(PartialKey.RawOf(key)).SweptAt", "distinct"),
        Chain,
        new("D8", "nothing is said of a group whose first statement is on its way", "Sessions/HeldSessions.cs", "if (_partials.Get(key) is null && _waiting.IsAny(key))", "if (false)", "sessions of few rows"),
        new("D9", "a row waits until it is as far as what somebody else has said", "Stage2.cs", "_plan.HasSessions && Published(cell) is { } last && last.Highest.IsAbove(row.Version)", "false", "sessions of few rows"),
    ];

    /// <summary>Redundant while a request is answered from the raw partition's end: with that gone, too, it is missed.</summary>
    public static Mutant Chain =>
        new("D7", "a progress is believed only of a store whose sweep was seen", "Stage2.cs", "if (held.Continues(progress.StoreId))", "if (true)", "extremes");
}
