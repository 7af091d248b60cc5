using Npgsql;
using Streams.Fixtures;

namespace Streams.Cache.Tests.Fixtures;

/// <summary>
/// A commit that waits for a synchronous standby that does not exist: it is in the WAL and in the change stream, and no reader sees it.
/// Measured here by peeking a logical slot, as Debezium would get it.
/// </summary>
public sealed class HungCommit : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;
    private readonly AbsentStandby _standby;
    private readonly NpgsqlConnection _connection;
    private readonly Task _commit;

    private HungCommit(NpgsqlDataSource source, AbsentStandby standby, NpgsqlConnection connection, Task commit, ulong xid) =>
        (_source, _standby, _connection, _commit, Xid) = (source, standby, connection, commit, xid);

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
        var standby = await AbsentStandby.RequireAsync(source);
        var commit = connection.ExecuteAsync("COMMIT");
        await Wait.UntilAsync(
            () => source.ScalarAsync<bool>(
                $"SELECT EXISTS (SELECT FROM pg_logical_slot_peek_changes('peek', NULL, NULL) WHERE data LIKE 'COMMIT%' AND xid::text = '{(uint)xid}')"),
            "the change stream has the commit");
        return new HungCommit(source, standby, connection, commit, xid);
    }

    public async Task ReleaseAsync()
    {
        await _standby.ReleaseAsync();
        await _commit;
    }

    public async ValueTask DisposeAsync()
    {
        await ReleaseAsync();
        await _connection.DisposeAsync();
        await _source.ExecuteAsync("SELECT pg_drop_replication_slot('peek')");
    }
}
