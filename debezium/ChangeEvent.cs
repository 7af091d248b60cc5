namespace Streams.Debezium;

/// <summary>Operation of a change event, by Debezium's letter.</summary>
public enum ChangeOperation
{
    /// <summary>c: insert.</summary>
    Create,

    /// <summary>u: update.</summary>
    Update,

    /// <summary>d: delete.</summary>
    Delete,

    /// <summary>r: row of a snapshot.</summary>
    Read,

    /// <summary>t: truncate.</summary>
    Truncate,

    /// <summary>m: logical message.</summary>
    Message,
}

/// <summary>Where a change comes from: Debezium's <c>source</c> block, as far as it is used.</summary>
/// <param name="Schema">Schema.</param>
/// <param name="Table">Table.</param>
/// <param name="TransactionId">Top-level transaction id, low 32 bits; null for snapshot rows.</param>
/// <param name="Lsn">Position of the change itself. Never a version: it is below its commit and not monotone between transactions.</param>
/// <param name="CommitTimeMicros">Commit time, microseconds since 1970, the server's clock.</param>
/// <param name="IsSnapshot">Whether the row was read by a snapshot.</param>
public sealed record ChangeSource(string Schema, string Table, uint? TransactionId, long? Lsn, long CommitTimeMicros, bool IsSnapshot)
{
    /// <value>Whether an incremental snapshot read it: in chunks, in the midst of the stream.</value>
    public bool IsIncremental { get; init; }

    /// <value>Position of the last commit before the change's own transaction (<c>sequence[0]</c>): in commit order. 0: none was known.</value>
    public long LastCommit { get; init; }

    /// <summary><c>schema.table</c>.</summary>
    public string Entity => $"{Schema}.{Table}";
}

/// <summary>One change, decoded.</summary>
/// <param name="Operation">What happened.</param>
/// <param name="Before">Row before, if it was sent.</param>
/// <param name="After">Row after, if there is one.</param>
/// <param name="Source">Where it comes from.</param>
public sealed record ChangeEvent(ChangeOperation Operation, IRowImage? Before, IRowImage? After, ChangeSource Source);
