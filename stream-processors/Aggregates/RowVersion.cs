using Streams.Core.Values;

namespace Streams.Processors.Aggregates;

/// <summary>Which state of a row is held.</summary>
/// <param name="Commit">Position in commit order: the last commit before the change's own transaction (Debezium's <c>source.sequence[0]</c>).</param>
/// <param name="Lsn">Position of the last streamed change; -1: the row is known from a snapshot alone. Positions of snapshot rows never go here.</param>
public readonly record struct RowVersion(long Commit, long Lsn) : IComparable<RowVersion>
{
    /// <summary>Below every version.</summary>
    public static RowVersion None { get; } = new(-1, -1);

    /// <inheritdoc/>
    public int CompareTo(RowVersion other) => (Commit, Lsn).CompareTo((other.Commit, other.Lsn));

    /// <summary>Bytes in the store.</summary>
    public void Write(ValueWriter writer) => writer.Number(Commit).Number(Lsn);

    /// <summary>From the bytes in the store.</summary>
    public static RowVersion Read(ref ValueReader reader)
    {
        var commit = reader.Number();
        return new RowVersion(commit, reader.Number());
    }
}

/// <summary>Whether a change of a row is newer than what is held: the rule that makes duplicates, re-emissions and re-snapshots harmless.</summary>
public static class RowRule
{
    /// <summary>Decides.</summary>
    /// <param name="isSnapshot">The record was read by a snapshot (<c>r</c>).</param>
    /// <param name="change">Version of the record.</param>
    /// <param name="held">Version of the row that is held; null: the row is not known. Nothing is remembered about deleted rows.</param>
    /// <param name="high">Highest version that the partition has shown.</param>
    public static bool Applies(bool isSnapshot, RowVersion change, RowVersion? held, RowVersion high) => (isSnapshot, held) switch
    {
        // One that lies behind the stream could bring back what was deleted since. A snapshot after a transaction has its commit, which the
        // transaction's own changes do not have: at the position of a streamed change it was read before that change, or in its midst.
        (true, null) => change.Commit > high.Commit || (change.Commit == high.Commit && high.Lsn < 0),
        // A row that the stream has brought is as the stream says: a snapshot can only know less of it, because a commit may be decoded before
        // readers see it. Of two snapshots the later is the newer one, also at the same position: an interrupted one starts over.
        (true, { } row) => row.Lsn < 0 && change.Commit >= row.Commit,
        // Below what the partition has shown it is a re-emission, of a row deleted since. Equal: another row of the same statement.
        (false, null) => change.CompareTo(high) >= 0,
        (false, { } row) => change.Lsn > row.Lsn && change.Commit >= row.Commit,
    };

    /// <summary>The row's version after a record that applies.</summary>
    public static RowVersion After(bool isSnapshot, RowVersion change, RowVersion? held) =>
        isSnapshot ? new RowVersion(change.Commit, held?.Lsn ?? -1) : change;

    /// <summary>The partition's highest version after a record, whether it applies or not.</summary>
    public static RowVersion High(bool isSnapshot, RowVersion change, RowVersion high)
    {
        var seen = isSnapshot ? new RowVersion(change.Commit, -1) : change;
        return seen.CompareTo(high) > 0 ? seen : high;
    }
}
