using Streams.Core.Values;

namespace Streams.Processors.Aggregates;

/// <summary>One record of a raw partition, as stage 1 takes it.</summary>
/// <param name="Offset">Offset in the raw partition.</param>
/// <param name="IsSnapshot">Read by a snapshot.</param>
/// <param name="Version">Where it stands.</param>
/// <param name="Key">Values of the primary key.</param>
/// <param name="Row">Values of the plan's columns; null: the row is gone. A column that was not sent (unchanged TOAST) is <see cref="Unsent"/>.</param>
/// <param name="CommitMicros">Commit time, microseconds since 1970.</param>
public readonly record struct RawChange(long Offset, bool IsSnapshot, RowVersion Version, SqlValue[] Key, SqlValue[]? Row, long CommitMicros)
{
    /// <value>Read by an incremental snapshot.</value>
    public bool IsIncremental { get; init; }

    /// <summary>Stands for a value that was not sent because it did not change.</summary>
    public static SqlValue Unsent { get; } = SqlValue.Time(SqlKind.Opaque, -1);

    /// <summary>Whether a value is the mark of one that was not sent.</summary>
    public static bool IsUnsent(SqlValue value) => value is { Kind: SqlKind.Opaque, Number: -1 };
}
