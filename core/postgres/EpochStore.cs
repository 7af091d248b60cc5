using Npgsql;
using Streams.Core.Fencing;

namespace Streams.Postgres;

/// <summary>The one row of <c>streams.epoch</c>.</summary>
internal static class EpochStore
{
    public const string Select = "SELECT number, system_id, timeline, restart, topic_id FROM streams.epoch";

    // The wall clock keeps a counter that was lost with its database from repeating a number; it decides nothing else.
    private const string NextNumber = "greatest($1::bigint, $2::bigint + 1, (extract(epoch FROM clock_timestamp()) * 1000)::bigint)";

    public static EpochRecord? Read(NpgsqlDataReader row) => new(
        row.GetInt64(0), new DatabaseIdentity(row.GetInt64(1), row.GetInt32(2), row.GetInt64(3)), row.GetString(4));

    public static async Task<EpochRecord?> AdvanceAsync(
        NpgsqlConnection connection, long? observed, long atLeast, string topicId, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // The number must not be lost in a crash that the fences in Redis survive.
        await ExecuteAsync(connection, "SET LOCAL synchronous_commit = on", cancellationToken);
        // The lock makes the comparison and the write one step also while the table is empty.
        await ExecuteAsync(connection, "LOCK TABLE streams.epoch IN SHARE ROW EXCLUSIVE MODE", cancellationToken);
        var stored = await ReadAsync(connection, cancellationToken);
        if (stored?.Number != observed)
        {
            return null;
        }

        var identity = await IdentityAsync(connection, cancellationToken);
        var number = await WriteAsync(connection, (stored?.Number ?? 0) + 1, atLeast, identity, topicId, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new EpochRecord(number, identity, topicId);
    }

    private static async Task<EpochRecord?> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Select, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }

    private static async Task<DatabaseIdentity> IdentityAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT {HistorySql.Columns}", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var row = HistorySql.Read(reader);
        return row.InRecovery ? throw PostgresErrors.InRecovery.With("An epoch is begun on the primary only.") : row.Identity;
    }

    private static async Task<long> WriteAsync(
        NpgsqlConnection connection, long above, long atLeast, DatabaseIdentity identity, string topicId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"""
            INSERT INTO streams.epoch AS e (singleton, number, system_id, timeline, restart, topic_id, since)
            VALUES (true, {NextNumber}, $3, $4, $5, $6, clock_timestamp())
            ON CONFLICT (singleton) DO UPDATE SET number = excluded.number, system_id = excluded.system_id, timeline = excluded.timeline,
                restart = excluded.restart, topic_id = excluded.topic_id, since = excluded.since
            RETURNING number
            """, connection)
        {
            Parameters =
            {
                new() { Value = above }, new() { Value = atLeast }, new() { Value = identity.SystemId },
                new() { Value = identity.Timeline }, new() { Value = identity.Restart }, new() { Value = topicId },
            },
        };
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
