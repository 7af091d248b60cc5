using System.Globalization;
using Npgsql;
using Streams.Core.Fencing;

namespace Streams.Postgres;

/// <summary>
/// How a statement says which history it was read from. The columns belong into the statement that reads the data: identity, snapshot and
/// data are then of one instant.
/// </summary>
/// <remarks>
/// Measured on PostgreSQL 15: <c>pg_control_system()</c> is open to ordinary roles; the timeline in a WAL file name is exact at once after a
/// promotion; <c>pg_stat_wal.stats_reset</c> survives a clean restart and changes after crash recovery, which discards statistics.
/// </remarks>
public static class HistorySql
{
    /// <summary>Number of columns of <see cref="Columns"/>.</summary>
    public const int ColumnCount = 6;

    /// <summary>
    /// Columns for a select list: system id, timeline, restart, in recovery, snapshot, whether the transaction has an xid.
    /// On a server in recovery timeline and restart are 0: it has no insert position.
    /// </summary>
    public const string Columns = """
        (SELECT system_identifier FROM pg_control_system()),
        CASE WHEN pg_is_in_recovery() THEN '00000000' ELSE left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) END,
        coalesce((SELECT (extract(epoch FROM stats_reset) * 1000000)::bigint FROM pg_stat_wal), 0),
        pg_is_in_recovery(),
        pg_current_snapshot()::text,
        pg_current_xact_id_if_assigned() IS NOT NULL
        """;

    /// <summary>Reads <see cref="Columns"/> from a row.</summary>
    /// <param name="row">Reader on a row that has them.</param>
    /// <param name="first">Ordinal of the first of them.</param>
    public static HistoryRow Read(NpgsqlDataReader row, int first = 0) => new(
        new DatabaseIdentity(
            row.GetInt64(first),
            int.Parse(row.GetString(first + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture),
            row.GetInt64(first + 2)),
        row.GetBoolean(first + 3),
        PgSnapshot.Parse(row.GetString(first + 4)),
        row.GetBoolean(first + 5));
}

/// <summary>One instant of one history.</summary>
/// <param name="Identity">Which history.</param>
/// <param name="InRecovery">Whether the server is a standby: nothing read there may be cached.</param>
/// <param name="Snapshot">Snapshot of the statement.</param>
/// <param name="InsideWrite">Whether the statement ran in a transaction that has written.</param>
public readonly record struct HistoryRow(DatabaseIdentity Identity, bool InRecovery, PgSnapshot Snapshot, bool InsideWrite);
