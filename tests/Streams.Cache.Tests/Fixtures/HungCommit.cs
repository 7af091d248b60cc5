using Npgsql;

namespace Streams.Cache.Tests.Fixtures;

/// <summary>
/// A commit that waits for a synchronous standby that does not exist: it is in the WAL and in the change stream, and no reader sees it.
/// Measured here by peeking a logical slot, as Debezium would get it.
/// </summary>
public sealed class HungCommit : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;
    private readonly NpgsqlConnection _connection;
    private readonly Task _commit;

    private HungCommit(NpgsqlDataSource source, NpgsqlConnection connection, Task commit, ulong xid) =>
        (_source, _connection, _commit, Xid) = (source, connection, commit, xid);

    public ulong Xid { get; }

    /// <param name="source">Database.</param>
    /// <param name="sql">What the transaction does.</param>
    /// <param name="beforeCommit">Runs while the transaction is open and commits still return.</param>
    public static async Task<HungCommit> StartAsync(NpgsqlDataSource source, string sql, Func<Task>? beforeCommit = null)
    {
        await source.ScalarAsync<object>("SELECT pg_create_logical_replication_slot('peek', 'test_decoding')::text");
        var connection = await source.OpenConnectionAsync();
        await connection.ExecuteAsync("BEGIN");
        await connection.ExecuteAsync(sql);
        var xid = ulong.Parse(await connection.ScalarAsync<string>("SELECT pg_current_xact_id()::text"));
        await (beforeCommit?.Invoke() ?? Task.CompletedTask);
        await SetStandbyAsync(source, "absent");
        await Wait.UntilAsync(() => CommitsHangAsync(source), "the checkpointer has taken over the setting");
        var commit = connection.ExecuteAsync("COMMIT");
        await Wait.UntilAsync(
            () => source.ScalarAsync<bool>(
                $"SELECT EXISTS (SELECT FROM pg_logical_slot_peek_changes('peek', NULL, NULL) WHERE data LIKE 'COMMIT%' AND xid::text = '{(uint)xid}')"),
            "the change stream has the commit");
        return new HungCommit(source, connection, commit, xid);
    }

    public async Task ReleaseAsync()
    {
        await SetStandbyAsync(_source, "");
        await _commit;
    }

    public async ValueTask DisposeAsync()
    {
        await ReleaseAsync();
        await _connection.DisposeAsync();
        await _source.ExecuteAsync("SELECT pg_drop_replication_slot('peek')");
    }

    /// <summary>Commits begin to wait only when the checkpointer has read the setting: a probe tells, and is then let go.</summary>
    private static async Task<bool> CommitsHangAsync(NpgsqlDataSource source)
    {
        await using var connection = await source.OpenConnectionAsync();
        var probe = connection.ExecuteAsync("SELECT pg_logical_emit_message(true, 'probe', '')");
        var hangs = $"SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = {connection.ProcessID} AND wait_event = 'SyncRep')";
        await Wait.UntilAsync(async () => probe.IsCompleted || await source.ScalarAsync<bool>(hangs), "the probe commits or hangs");
        var hung = !probe.IsCompleted;
        if (hung)
        {
            await source.ExecuteAsync($"SELECT pg_cancel_backend({connection.ProcessID})");
        }

        await probe;
        return hung;
    }

    private static async Task SetStandbyAsync(NpgsqlDataSource source, string names)
    {
        await source.ExecuteAsync($"ALTER SYSTEM SET synchronous_standby_names = '{names}'");
        await source.ExecuteAsync("SELECT pg_reload_conf()");
        await Wait.UntilAsync(
            async () => await source.ScalarAsync<string>("SELECT current_setting('synchronous_standby_names')") == names, "the setting is in force");
    }
}
