using System.Globalization;
using Streams.Core.Fencing;

namespace Streams.Postgres;

/// <summary>One look at the primary: which history it is, and what is visible now.</summary>
public sealed record PrimaryView(DatabaseIdentity Identity, PgSnapshot Snapshot);

/// <summary>The durable epoch record, outside Redis.</summary>
/// <param name="Number">Grows only.</param>
/// <param name="Identity">History of Postgres that it belongs to.</param>
/// <param name="TopicId">Topic id of the invalidation topic, and its partition count, as <c>id/count</c>: a recreated topic has another.</param>
public sealed record EpochRecord(long Number, DatabaseIdentity Identity, string TopicId)
{
    /// <summary>Lanes of this epoch: the partition count in <see cref="TopicId"/>; 0 if it has none.</summary>
    public int LaneCount { get; } =
        int.TryParse(TopicId.AsSpan(TopicId.LastIndexOf('/') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;
}

/// <summary>What the protocol needs of the primary. Refuses (STR5003) when the server is in recovery.</summary>
public interface IPrimary
{
    /// <summary>Identity and a new snapshot, in one statement.</summary>
    Task<PrimaryView> LookAsync(CancellationToken cancellationToken);

    /// <summary>A new transaction id, assigned and committed in a transaction of its own (the barrier's X).</summary>
    Task<ulong> NewXidAsync(CancellationToken cancellationToken);

    /// <summary>The durable epoch, or null before the first.</summary>
    Task<EpochRecord?> ReadEpochAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Compare-and-increment under synchronous commit: if the stored number is still <paramref name="observed"/> (null = none), it becomes
    /// max(stored + 1, <paramref name="atLeast"/> + 1, wall clock in ms). Null: somebody else was faster; read again.
    /// The identity is read from the primary inside the same transaction.
    /// </summary>
    Task<EpochRecord?> AdvanceEpochAsync(long? observed, long atLeast, string topicId, CancellationToken cancellationToken);

    /// <summary>State of the replication slot: whether it is there and not lost.</summary>
    Task<SlotState> SlotAsync(string slotName, CancellationToken cancellationToken);
}

/// <summary>A logical replication slot as <c>pg_replication_slots</c> shows it. It exists once it is consistent: while it is being created, commits may still pass it by.</summary>
public sealed record SlotState(bool Exists, bool Lost, bool Active, long RetainedBytes);
