using Npgsql;
using Streams.Local.Servers;

namespace Streams.Local.Tests;

public sealed class PostgresServerTests : IDisposable
{
    private static readonly Dictionary<string, string> Quick = new() { ["fsync"] = "off" };
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Given_an_empty_folder_When_started_Then_it_decodes_logically_and_asks_for_the_password()
    {
        await using var server = new PostgresServer(_folder.In("pg")) { Settings = Quick };
        await server.StartAsync();

        Assert.Equal("logical", await ScalarAsync(server.ConnectionString(), "SHOW wal_level"));
        Assert.Equal("127.0.0.1", await ScalarAsync(server.ConnectionString(), "SHOW listen_addresses"));
        var wrong = new NpgsqlConnectionStringBuilder(server.ConnectionString()) { Password = "no", Pooling = false }.ConnectionString;
        var refused = await Assert.ThrowsAsync<PostgresException>(() => ScalarAsync(wrong, "SELECT 1"));
        Assert.Equal(PostgresErrorCodes.InvalidPassword, refused.SqlState);
    }

    [Fact]
    public async Task Given_rows_When_killed_and_restarted_Then_port_and_rows_are_the_same()
    {
        await using var server = new PostgresServer(_folder.In("pg")) { Settings = Quick };
        await server.StartAsync();
        await server.CreateDatabaseAsync("shop");
        await server.CreateDatabaseAsync("shop");
        var text = new NpgsqlConnectionStringBuilder(server.ConnectionString("shop")) { Pooling = false }.ConnectionString;
        await ScalarAsync(text, "CREATE TABLE t AS SELECT 42 AS v");
        var (port, pid) = (server.Port, server.Pid);

        await server.KillAsync();
        Assert.False(server.IsRunning);
        await server.StartAsync();

        Assert.Equal(port, server.Port);
        Assert.NotEqual(pid, server.Pid);
        Assert.Equal(42, await ScalarAsync(text, "SELECT v FROM t"));
    }

    [Fact]
    public async Task Given_a_bad_setting_When_started_Then_the_error_shows_the_log()
    {
        await using var server = new PostgresServer(_folder.In("pg")) { Settings = new Dictionary<string, string> { ["wal_level"] = "bogus" } };

        var error = await Assert.ThrowsAsync<Core.Errors.StreamsException>(() => server.StartAsync());

        Assert.Equal("STR7002", error.Error.Code);
        Assert.Contains("wal_level", error.Message, StringComparison.Ordinal);
        Assert.False(server.IsRunning);
    }

    private static async Task<object?> ScalarAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
