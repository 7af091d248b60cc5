using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Streams.AnalyticsSink.Progress;
using Streams.AnalyticsSink.Storing;

namespace Streams.AnalyticsSink.Host.Store;

/// <summary>
/// What time asks of a table: to be served when an epoch is whole, and to give up windows that are dropped. Any instance may do it, several at once:
/// the rows of <c>analytics.streams_table</c> are locked, and the second one finds nothing to do.
/// </summary>
internal sealed class TableKeeper(NpgsqlDataSource store, IOptions<AnalyticsSinkOptions> options, ILogger<TableKeeper> logger)
{
    /// <summary>Serves the newest epoch of a table that is whole; does nothing if that is served.</summary>
    public Task<bool> PromoteAsync(StoreTable table, CancellationToken cancellationToken) => StoreGuard.RunAsync(async () =>
    {
        await using var connection = await store.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // Behind a long query of somebody, a waiting DROP VIEW would hold up everybody else.
        await connection.RunAsync("SET LOCAL lock_timeout = '1s'", [], cancellationToken);
        var tables = await TablesAsync(connection, table, cancellationToken);
        var epoch = await DecideAsync(connection, table, tables, cancellationToken);
        if (epoch is null)
        {
            return false;
        }

        // Groups that the new epoch has not named are not there any more.
        await EmptyAsync(connection, table, "streams_epoch < $2", epoch.Epoch, cancellationToken);
        if (tables.Find(other => other.Id == table.Id) is { Served: false })
        {
            await SwapAsync(connection, table, tables, cancellationToken);
        }

        await connection.RunAsync("UPDATE analytics.streams_table SET served = true, epoch = $2 WHERE id = $1", [table.Id, epoch.Epoch], cancellationToken);
        await connection.RunAsync("DELETE FROM analytics.streams_progress WHERE table_id = $1 AND epoch < $2", [table.Id, epoch.Epoch], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        Log.Promoted(logger, table.Shape.Name, epoch.Epoch, table.Relation);
        return true;
    });

    /// <summary>Deletes windows that ended long enough before what is contained. What was deleted is not taken again.</summary>
    public Task<int> DropAsync(StoreTable table, CancellationToken cancellationToken) => StoreGuard.RunAsync(async () =>
    {
        if (table.Shape.Window?.Retain is not { } retain)
        {
            return 0;
        }

        await using var connection = await store.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await RaiseAsync(connection, table, retain + options.Value.DroppedKept, cancellationToken) is not DateTime before)
        {
            return 0;
        }

        var rows = await DeleteAsync(connection, table, before, cancellationToken);
        // What is not empty yet goes the same way: first told to those who follow the changes, deleted the next time.
        await EmptyAsync(connection, table, "window_start < $2 AND window_end < $2", before, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        if (rows > 0)
        {
            Log.Dropped(logger, table.Shape.Name, rows, before);
        }

        return rows;
    });

    /// <summary>Deletes empty rows. No window starts after it ends: the first condition is for the index.</summary>
    private static async Task<int> DeleteAsync(NpgsqlConnection connection, StoreTable table, DateTime before, CancellationToken cancellationToken)
    {
        var gone = await connection.ListAsync(
            $"""
            WITH gone AS (DELETE FROM {TableSql.Qualified(table.Relation)} WHERE window_start < $1 AND window_end < $1 AND streams_empty RETURNING streams_change)
            SELECT count(*)::int, coalesce(max(streams_change), 0) FROM gone
            """,
            [before],
            reader => (Rows: reader.GetInt32(0), Change: reader.GetInt64(1)),
            cancellationToken);
        await connection.RunAsync(
            "UPDATE analytics.streams_table SET forgotten_change = greatest(forgotten_change, $2) WHERE id = $1", [table.Id, gone[0].Change], cancellationToken);
        return gone[0].Rows;
    }

    /// <summary>Makes rows empty; they keep their version, and the change is numbered.</summary>
    private static async Task EmptyAsync(NpgsqlConnection connection, StoreTable table, string condition, object limit, CancellationToken cancellationToken)
    {
        var relation = TableSql.Qualified(table.Relation);
        var emptied = await connection.RunAsync(
            $"""
            WITH gone AS (SELECT ctid AS at, row_number() OVER () AS n FROM {relation} WHERE {condition} AND NOT streams_empty)
            UPDATE {relation} t SET streams_empty = true, streams_change = (SELECT last_change FROM analytics.streams_table WHERE id = $1) + gone.n
            FROM gone WHERE t.ctid = gone.at
            """,
            [table.Id, limit],
            cancellationToken);
        await connection.RunAsync("UPDATE analytics.streams_table SET last_change = last_change + $2 WHERE id = $1", [table.Id, (long)emptied], cancellationToken);
    }

    /// <summary>The new limit, or null: it has not moved.</summary>
    private static Task<object?> RaiseAsync(NpgsqlConnection connection, StoreTable table, TimeSpan age, CancellationToken cancellationToken) => connection.ScalarAsync(
        """
        UPDATE analytics.streams_table t SET dropped_before = a.as_of - $2
        FROM analytics.streams_as_of a
        WHERE t.id = $1 AND a.table_id = t.id AND a.epoch = t.epoch AND a.as_of - $2 > coalesce(t.dropped_before, '-infinity')
        RETURNING t.dropped_before
        """,
        [table.Id, age],
        cancellationToken);

    private static Task<List<Registered>> TablesAsync(NpgsqlConnection connection, StoreTable table, CancellationToken cancellationToken) => connection.ListAsync(
        "SELECT id, relation, served, epoch FROM analytics.streams_table WHERE aggregate = $1 ORDER BY id FOR UPDATE",
        [table.Shape.Name],
        reader => new Registered(reader.GetInt64(0), reader.GetString(1), reader.GetBoolean(2), reader.Nullable<long>(3)),
        cancellationToken);

    private static async Task<WholeEpoch?> DecideAsync(NpgsqlConnection connection, StoreTable table, List<Registered> tables, CancellationToken cancellationToken)
    {
        var whole = await connection.ListAsync(
            "SELECT table_id, epoch, as_of, told FROM analytics.streams_as_of WHERE aggregate = $1 AND whole",
            [table.Shape.Name],
            reader => (Table: reader.GetInt64(0), Epoch: new WholeEpoch(reader.GetInt64(1), reader.Nullable<DateTime>(2)), Told: reader.GetBoolean(3)),
            cancellationToken);
        var servedTable = tables.Find(other => other.Served);
        var served = servedTable?.Epoch is null ? null : whole.Find(epoch => epoch.Table == servedTable.Id && epoch.Epoch.Epoch == servedTable.Epoch).Epoch ?? new WholeEpoch(servedTable.Epoch.Value, null);
        var decided = Promotion.Decide(served, whole.Where(epoch => epoch.Table == table.Id).Select(epoch => epoch.Epoch));
        // An epoch whose definition was not told is this table's if it has brought a row.
        return decided is null || servedTable?.Id == table.Id || whole.Exists(epoch => epoch.Epoch == decided && epoch.Told)
            || await HasRowsAsync(connection, table, decided.Epoch, cancellationToken) ? decided : null;
    }

    private static async Task<bool> HasRowsAsync(NpgsqlConnection connection, StoreTable table, long epoch, CancellationToken cancellationToken) =>
        (bool)(await connection.ScalarAsync($"SELECT EXISTS (SELECT FROM {TableSql.Qualified(table.Relation)} WHERE streams_epoch >= $1)", [epoch], cancellationToken))!;

    /// <summary>The view shows this table from now on, under the privileges that the old one had; the older tables go.</summary>
    private static async Task SwapAsync(NpgsqlConnection connection, StoreTable table, List<Registered> tables, CancellationToken cancellationToken)
    {
        var view = table.Shape.Name;
        var grants = await Grants.ReadAsync(connection, view, view, cancellationToken);
        await connection.RunAsync($"DROP VIEW IF EXISTS {TableSql.Qualified(view)}", [], cancellationToken);
        await connection.RunAsync(TableSql.CreateView(table.Shape, table.Relation), [], cancellationToken);
        await Grants.RunAsync(connection, grants, cancellationToken);
        foreach (var older in tables.Where(other => other.Served || other.Id < table.Id))
        {
            await connection.RunAsync($"DROP TABLE {TableSql.Qualified(older.Relation)}", [], cancellationToken);
            await connection.RunAsync("DELETE FROM analytics.streams_table WHERE id = $1", [older.Id], cancellationToken);
        }
    }

    private sealed record Registered(long Id, string Relation, bool Served, long? Epoch);
}
