using System.Collections.Immutable;
using System.Security.Cryptography;
using Npgsql;

namespace Streams.Postgres;

/// <summary>One row of <c>streams.aggregate_epoch</c>.</summary>
/// <param name="Name">Aggregate.</param>
/// <param name="Epoch">Number; only grows.</param>
/// <param name="IsLive">Its rows are published; otherwise it is computed in the shadow.</param>
/// <param name="DefinitionHash">Hash of the plan that computes it.</param>
/// <param name="TopicId">Id and partition count of the table's topic.</param>
/// <param name="Starts">By raw partition, where the fold begins.</param>
/// <param name="Floor">
/// What is older is no part of the epoch. Of one with a snapshot, rows of snapshots: position before the signal, and -1. Of another, any record: last
/// commit and position of a TRUNCATE; (-1, -1): none.
/// </param>
/// <param name="Targets">By raw partition, what must be contained before it goes live; empty while a snapshot runs.</param>
/// <param name="Snapshot">Id of the snapshot's signal, or null.</param>
/// <param name="Reason">Why it was begun.</param>
/// <param name="History">History of the source that it is of: <see cref="SourceHistory"/> as text.</param>
public sealed record AggregateEpoch(
    string Name, long Epoch, bool IsLive, string DefinitionHash, string TopicId, ImmutableArray<long> Starts, (long Commit, long Lsn) Floor,
    ImmutableArray<long> Targets, string? Snapshot, string Reason, string History)
{
    /// <value>Whether its snapshot is still awaited.</value>
    public bool IsAwaiting => Snapshot is not null && Targets.IsEmpty;

    /// <value>Whether it stands for the wish that one be begun with a snapshot: nothing is computed of it.</value>
    public bool IsWish => Snapshot is null && Targets.IsEmpty && !IsLive;
}

/// <summary>What must be over before a snapshot is asked for.</summary>
/// <param name="Xid">Every transaction below it.</param>
/// <param name="Lsn">Position of the WAL then: rows of the snapshot are sent behind a later commit.</param>
public sealed record SnapshotBarrier(string Xid, long Lsn)
{
    /// <value>Floor of the epoch that the snapshot fills.</value>
    public (long Commit, long Lsn) Floor => (Lsn, -1);
}

/// <summary>Epochs of aggregates, and requests for resync: the one place that all instances agree by.</summary>
/// <param name="source">Pool of connections to the primary.</param>
public sealed class AggregateEpochs(NpgsqlDataSource source)
{
    private const string Columns = "name, epoch, state = 'live', definition_hash, topic_id, starts, coalesce(targets, '{}'), snapshot, reason, floor_commit, floor_lsn, history";

    /// <summary>An id for the signal of a snapshot, of at most 42 characters.</summary>
    public static string NewSignal() => $"agg-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}";

    /// <summary>Epochs that are not retired.</summary>
    public Task<ImmutableArray<AggregateEpoch>> ReadAsync(CancellationToken cancellationToken) =>
        QueryAsync($"SELECT {Columns} FROM streams.aggregate_epoch WHERE state <> 'retired' ORDER BY name, epoch", [], Read, cancellationToken);

    /// <summary>Takes a barrier behind the transactions that are under way now.</summary>
    /// <remarks>A new xid: a snapshot's xmax is not enough, a commit that waits for its standby may have a higher one than any that is visible.</remarks>
    public async Task<SnapshotBarrier> TakeBarrierAsync(CancellationToken cancellationToken) => (await QueryAsync(
        "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint, pg_current_xact_id()::text", [], reader => new SnapshotBarrier(reader.GetString(1), reader.GetInt64(0)), cancellationToken))[0];

    /// <summary>Whether every transaction that was under way when a barrier was taken has ended.</summary>
    public async Task<bool> HasPassedAsync(SnapshotBarrier barrier, CancellationToken cancellationToken) =>
        (await QueryAsync("SELECT pg_snapshot_xmin(pg_current_snapshot()) > $1::text::xid8", [barrier.Xid], reader => reader.GetBoolean(0), cancellationToken))[0];

    /// <summary>Histories that epochs over a topic were of, retired ones too.</summary>
    public async Task<ImmutableHashSet<string>> HistoriesAsync(string topicId, CancellationToken cancellationToken) =>
        [.. await QueryAsync("SELECT DISTINCT history FROM streams.aggregate_epoch WHERE topic_id = $1", [topicId], reader => reader.GetString(0), cancellationToken)];

    /// <summary>The source's system and timeline now.</summary>
    public async Task<(long SystemId, int Timeline)> IdentityAsync(CancellationToken cancellationToken)
    {
        var row = (await QueryAsync($"SELECT {HistorySql.Columns}", [], reader => HistorySql.Read(reader), cancellationToken))[0];
        return row.InRecovery ? throw PostgresErrors.InRecovery.With("Epochs of aggregates are kept on the primary only.") : (row.Identity.SystemId, row.Identity.Timeline);
    }

    /// <summary>
    /// Begins an epoch in the shadow, in the place of one that is there; with <see cref="AggregateEpoch.Snapshot"/> its signal is written in the same
    /// transaction. Null when another process was quicker: the newest epoch is not <paramref name="above"/> any more.
    /// </summary>
    /// <remarks>
    /// A snapshot must show every commit whose changes lie below <see cref="AggregateEpoch.Starts"/>. Logical decoding can hand out a commit before
    /// readers see it (one that waits for its standby). So a barrier is taken after the starts were read, and has passed before this is called.
    /// </remarks>
    /// <param name="epoch">What is begun; its number is not looked at.</param>
    /// <param name="table">Table of the aggregate, <c>schema.table</c>.</param>
    /// <param name="above">Number of the newest epoch that the decision is based on; 0: there was none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<AggregateEpoch?> BeginAsync(AggregateEpoch epoch, string table, long above, CancellationToken cancellationToken)
    {
        // The wall clock keeps a number from coming again after the database was restored: rows of it are still in the topic.
        const string Sql = $"""
            WITH newest AS (SELECT coalesce(max(epoch), 0) AS epoch FROM streams.aggregate_epoch WHERE name = $1)
            INSERT INTO streams.aggregate_epoch (name, epoch, state, definition_hash, topic_id, starts, targets, snapshot, reason, floor_commit, floor_lsn, history)
            SELECT $1, greatest($2 + 1, (extract(epoch FROM clock_timestamp()) * 1000)::bigint), 'shadow', $3, $4, $5, $6, $7, $8, $9, $10, $11 FROM newest WHERE newest.epoch = $2
            RETURNING {Columns}
            """;
        return await GuardAsync(async () =>
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await using var lockTable = new NpgsqlCommand("LOCK TABLE streams.aggregate_epoch IN SHARE ROW EXCLUSIVE MODE", connection);
            await lockTable.ExecuteNonQueryAsync(cancellationToken);
            await using var retire = new NpgsqlCommand(
                "UPDATE streams.aggregate_epoch SET state = 'retired' WHERE name = $1 AND state = 'shadow' AND NOT EXISTS (SELECT FROM streams.aggregate_epoch newer WHERE newer.name = $1 AND newer.epoch > $2)",
                connection) { Parameters = { new() { Value = epoch.Name }, new() { Value = above } } };
            await retire.ExecuteNonQueryAsync(cancellationToken);
            var begun = await OneAsync(connection, Sql,
                [epoch.Name, above, epoch.DefinitionHash, epoch.TopicId, epoch.Starts.ToArray(), epoch.Targets.IsEmpty ? DBNull.Value : epoch.Targets.ToArray(), (object?)epoch.Snapshot ?? DBNull.Value, epoch.Reason, epoch.Floor.Commit, epoch.Floor.Lsn, epoch.History],
                cancellationToken);
            if (begun?.Snapshot is { } signal)
            {
                await using var signalSnapshot = Command(connection, "INSERT INTO streams.signal (id, type, data) VALUES ($1, 'execute-snapshot', $2)", [signal, SnapshotSignal.Of(table)]);
                await signalSnapshot.ExecuteNonQueryAsync(cancellationToken);
            }

            await transaction.CommitAsync(cancellationToken);
            return begun;
        });
    }

    /// <summary>The snapshot of an epoch is in the log: it may go live when all of it is contained. What it and those before it have left in the signal table is swept.</summary>
    public Task SetTargetsAsync(AggregateEpoch epoch, ImmutableArray<long> targets, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var set = Command(
            connection, "UPDATE streams.aggregate_epoch SET targets = $3 WHERE name = $1 AND epoch = $2 AND state = 'shadow' AND targets IS NULL", [epoch.Name, epoch.Epoch, targets.ToArray()]);
        await set.ExecuteNonQueryAsync(cancellationToken);
        await using var sweep = Command(
            connection,
            """
            DELETE FROM streams.signal s USING streams.aggregate_epoch e
            WHERE e.name = $1 AND e.epoch <= $2 AND e.snapshot IS NOT NULL AND (s.id = e.snapshot OR position(e.snapshot IN s.data) > 0)
            """,
            [epoch.Name, epoch.Epoch]);
        await sweep.ExecuteNonQueryAsync(cancellationToken);
        return true;
    });

    /// <summary>The first initial snapshot of the connector has begun: it belongs to the history of the epochs that were there before it.</summary>
    public Task AdoptAsync(string from, string to, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var adopt = Command(connection, "UPDATE streams.aggregate_epoch SET history = $2 WHERE history = $1", [from, to]);
        await adopt.ExecuteNonQueryAsync(cancellationToken);
        return true;
    });

    /// <summary>Takes an epoch live and retires the one before, in one step.</summary>
    public Task PromoteAsync(AggregateEpoch epoch, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var retire = Command(connection, "UPDATE streams.aggregate_epoch SET state = 'retired' WHERE name = $1 AND epoch < $2 AND state <> 'retired'", [epoch.Name, epoch.Epoch]);
        await retire.ExecuteNonQueryAsync(cancellationToken);
        await using var promote = Command(
            connection, "UPDATE streams.aggregate_epoch SET state = 'live', live_at = clock_timestamp() WHERE name = $1 AND epoch = $2 AND state = 'shadow'", [epoch.Name, epoch.Epoch]);
        await promote.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    });

    /// <summary>Makes a request for a resync of a raw partition; its number.</summary>
    public async Task<long> RequestResyncAsync(string name, long epoch, int partition, CancellationToken cancellationToken) => (await QueryAsync(
        """
        INSERT INTO streams.aggregate_resync AS r (name, epoch, partition, requested) VALUES ($1, $2, $3, 1)
        ON CONFLICT (name, epoch, partition) DO UPDATE SET requested = r.requested + 1 RETURNING requested
        """,
        [name, epoch, partition], reader => reader.GetInt64(0), cancellationToken))[0];

    /// <summary>Newest requests by aggregate, epoch and raw partition.</summary>
    public async Task<ImmutableDictionary<(string Name, long Epoch, int Partition), long>> RequestsAsync(CancellationToken cancellationToken) => (await QueryAsync(
        "SELECT name, epoch, partition, requested FROM streams.aggregate_resync", [],
        reader => (Key: (reader.GetString(0), reader.GetInt64(1), reader.GetInt32(2)), Requested: reader.GetInt64(3)), cancellationToken))
        .ToImmutableDictionary(row => row.Key, row => row.Requested);

    private static AggregateEpoch Read(NpgsqlDataReader reader) => new(
        reader.GetString(0), reader.GetInt64(1), reader.GetBoolean(2), reader.GetString(3), reader.GetString(4),
        [.. reader.GetFieldValue<long[]>(5)], (reader.GetInt64(9), reader.GetInt64(10)), [.. reader.GetFieldValue<long[]>(6)], reader.IsDBNull(7) ? null : reader.GetString(7), reader.GetString(8), reader.GetString(11));

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, IEnumerable<object> parameters)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in parameters)
        {
            command.Parameters.Add(value == DBNull.Value ? new NpgsqlParameter { Value = value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Unknown } : new NpgsqlParameter { Value = value });
        }

        return command;
    }

    private static async Task<AggregateEpoch?> OneAsync(NpgsqlConnection connection, string sql, IEnumerable<object> parameters, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }

    private Task<ImmutableArray<T>> QueryAsync<T>(string sql, IEnumerable<object> parameters, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var command = Command(connection, sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = ImmutableArray.CreateBuilder<T>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }

        return rows.ToImmutable();
    });

    private static async Task<T> GuardAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (NpgsqlException exception)
        {
            throw PostgresErrors.Classify(exception);
        }
    }
}
