namespace Streams.Processors.Tests.Aggregates.Mutants;

/// <summary>Which changes of a row count.</summary>
internal static class RowMutants
{
    public static IReadOnlyList<Mutant> All { get; } =
    [
        Row("R1", "a streamed change counts above the row's position only", "change.Lsn > row.Lsn && change.Commit >= row.Commit,", "change.Commit >= row.Commit,", "all"),
        Row("R2", "a streamed change counts from the row's commit on", "change.Lsn > row.Lsn && change.Commit >= row.Commit,", "change.Lsn > row.Lsn,", "distinct") with { IsFilled = true },
        Row("R3", "of an unknown row nothing below the partition's highest counts", "(false, null) => change.CompareTo(high) >= 0,", "(false, null) => true,", "windows"),
        Row("R4", "of an unknown row what equals the highest counts: another row of the statement", "change.CompareTo(high) >= 0", "change.CompareTo(high) > 0", "sessions of few rows") with { IsFilled = true },
        Row("R5", "of an unknown row a snapshot counts above the highest streamed commit", "change.Commit > high.Commit || (change.Commit == high.Commit && high.Lsn < 0)", "true", "extremes"),
        Row("R6", "a snapshot at the commit of a streamed change was read before it", "(change.Commit == high.Commit && high.Lsn < 0)", "change.Commit == high.Commit", "windows"),
        Row("R7", "a snapshot counts at the commit that only snapshots have shown", " || (change.Commit == high.Commit && high.Lsn < 0)", "", "all"),
        Row("R8", "a row that the stream has brought is as the stream says", "row.Lsn < 0 && change.Commit >= row.Commit", "change.Commit >= row.Commit", "extremes") with { IsFilled = true },
        Row("R9", "of two snapshots the later counts", "row.Lsn < 0 && change.Commit >= row.Commit", "row.Lsn < 0", "extremes") with { IsFilled = true },
        Row("R10", "of two snapshots at one commit the later counts", "row.Lsn < 0 && change.Commit >= row.Commit", "row.Lsn < 0 && change.Commit > row.Commit", "all"),
        Row("R11", "the position of a snapshot's row is no position of a change", "isSnapshot ? new RowVersion(change.Commit, held?.Lsn ?? -1) : change", "change", "windows") with { IsFilled = true },
        new("F1", "a row that the stream has deleted is remembered until the snapshot is folded", "SnapshotFill.cs", " && _deleted.Get(rowKey) is null", "", "distinct") { IsFilled = true },
        new("F2", "a row that was read before the snapshot was asked for is of another one", "SnapshotFill.cs", "(commit > since || commit < 0) && ", "", "sessions of few rows") { IsFilled = true },
        new("F3", "once filled, no snapshot tells more", "SnapshotFill.cs", "=> offset < _end && (commit", "=> (commit", "sessions of few rows") { IsFilled = true },
        new("F4", "the floor of an epoch is its highest version from the start", "Stage1.cs", "isFilled ? RowVersion.None : floor", "RowVersion.None", "all"),
        new("F5", "of a row that is not known the fill decides", "Stage1.cs", "({ } fill, null) when change.IsIncremental => fill.Takes(rowKey, change.Offset, change.Version.Commit),", "", "distinct") { IsFilled = true },
        new("F6", "a change from before the snapshot was asked for is in what it shows", "Stage1.cs", "({ } fill, null) when !change.IsSnapshot && fill.Shows(change.Version) => false,", "", "sums") { IsFilled = true },
    ];

    private static Mutant Row(string name, string rule, string text, string replacement, string plan) => new(name, rule, "RowVersion.cs", text, replacement, plan);
}
