using System.Transactions;
using Npgsql;
using Streams.Core.Fencing;

namespace Streams.Postgres;

/// <summary>The primary over a connection pool. Each call is a transaction of its own, never part of the caller's.</summary>
/// <param name="source">Pool of connections to the primary.</param>
public sealed class Primary(NpgsqlDataSource source) : IPrimary
{
    /// <inheritdoc/>
    public async Task<PrimaryView> LookAsync(CancellationToken cancellationToken)
    {
        var row = await QueryAsync($"SELECT {HistorySql.Columns}", reader => HistorySql.Read(reader), cancellationToken);
        return row.InRecovery
            ? throw PostgresErrors.InRecovery.With("Nothing about visibility can be proven there.")
            : new PrimaryView(row.Identity, row.Snapshot);
    }

    /// <inheritdoc/>
    public Task<ulong> NewXidAsync(CancellationToken cancellationToken) => QueryAsync(
        "SELECT pg_current_xact_id()::text", reader => ulong.Parse(reader.GetString(0), System.Globalization.CultureInfo.InvariantCulture), cancellationToken);

    /// <inheritdoc/>
    public Task<EpochRecord?> ReadEpochAsync(CancellationToken cancellationToken) => QueryAsync(EpochStore.Select, EpochStore.Read, cancellationToken);

    /// <inheritdoc/>
    public Task<EpochRecord?> AdvanceEpochAsync(long? observed, long atLeast, string topicId, CancellationToken cancellationToken) =>
        ConnectedAsync(connection => EpochStore.AdvanceAsync(connection, observed, atLeast, topicId, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public async Task<SlotState> SlotAsync(string slotName, CancellationToken cancellationToken) => await ConnectedAsync(
        async connection =>
        {
            await using var command = new NpgsqlCommand("""
                SELECT active, coalesce(wal_status = 'lost', false),
                       coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::bigint
                FROM pg_replication_slots WHERE slot_name = $1 AND confirmed_flush_lsn IS NOT NULL
                """, connection) { Parameters = { new() { Value = slotName } } };
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            return await reader.ReadAsync(cancellationToken)
                ? new SlotState(true, reader.GetBoolean(1), reader.GetBoolean(0), reader.GetInt64(2))
                : new SlotState(false, false, false, 0);
        },
        cancellationToken);

    private Task<T> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken) => ConnectedAsync(
        async connection =>
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            return await reader.ReadAsync(cancellationToken) ? read(reader) : default!;
        },
        cancellationToken);

    private async Task<T> ConnectedAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        // An ambient transaction of the caller would lend these statements its snapshot and its fate (R4, R10).
        using var alone = new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled);
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            return await work(connection);
        }
        catch (NpgsqlException exception)
        {
            throw PostgresErrors.Classify(exception);
        }
    }
}
