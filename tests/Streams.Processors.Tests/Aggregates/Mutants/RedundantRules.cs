namespace Streams.Processors.Tests.Aggregates.Mutants;

/// <summary>Rules that others make up for: removed one by one, they are not missed. docs/design/0006-aggregates.md says why.</summary>
internal static class RedundantRules
{
    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("D1", "the highest version is of snapshots, too", "RowVersion.cs", "return seen.CompareTo(high) > 0 ? seen : high;", "return isSnapshot ? high : seen.CompareTo(high) > 0 ? seen : high;", "sums"),
        new("D2", "a statement of the version that is held is taken", "HeldCells.cs", "version < known.Version || (", "version <= known.Version || (", "distinct"),
        new("D3", "a statement of the sweep's version is taken", "HeldCells.cs", "version < _rawOf(PartialKey.RawOf(key)).SweptAt", "version <= _rawOf(PartialKey.RawOf(key)).SweptAt", "distinct"),
        new("D4", "a progress is believed only of a store whose sweep was seen", "Stage2.cs", "if (held.Stores.Contains(progress.StoreId))", "if (true)", "extremes"),
        new("D5", "nothing is said of a group whose first statement is on its way", "Sessions/HeldSessions.cs", "if (_partials.Get(key) is null && _waiting.IsAny(key))", "if (false)", "sessions of few rows"),
        new("D6", "a row waits until it is as far as what somebody else has said", "Stage2.cs", "_plan.HasSessions && Published(cell) is { } last && last.Highest.IsAbove(row.Version)", "false", "sessions of few rows"),
        new("D7", "a sweep empties the groups of sessions that were not stated", "Sessions/HeldSessions.cs", "VersionOf(cell.Group, sweep.Raw) < sweep.Version\n            || ", "", "sessions of few rows"),
    ];
}
