using Npgsql;
using Streams.Cache.Tests.Fixtures;
using Streams.Core.Errors;
using Streams.Postgres;
using Xunit;

namespace Streams.Cache.Tests.Postgres;

[Collection(Servers.Name)]
public sealed class PrimaryTests(CachePostgres postgres)
{
    [Fact]
    public async Task Given_no_epoch_When_two_advance_it_at_once_Then_one_wins_and_the_number_grows()
    {
        await using var source = await postgres.MigratedDatabaseAsync();
        var primary = new Primary(source);
        Assert.Null(await primary.ReadEpochAsync(default));
        var both = await Task.WhenAll(primary.AdvanceEpochAsync(null, 0, "t/3", default), primary.AdvanceEpochAsync(null, 0, "t/3", default));
        var first = Assert.Single(both, record => record is not null)!;
        Assert.Equal(first, await primary.ReadEpochAsync(default));
        Assert.Equal(3, first.LaneCount);

        var far = first.Number + 1_000_000_000_000;
        var second = await primary.AdvanceEpochAsync(first.Number, far, "t/4", default);
        Assert.Equal((far + 1, 4), (second!.Number, second.LaneCount));
        Assert.Equal(far + 2, (await primary.AdvanceEpochAsync(second.Number, 0, "t/4", default))!.Number);
        Assert.Null(await primary.AdvanceEpochAsync(first.Number, 0, "t/4", default));
    }

    [Fact]
    public async Task Given_an_open_transaction_When_looked_at_Then_it_is_not_visible_and_the_barrier_waits()
    {
        await using var source = await postgres.MigratedDatabaseAsync();
        var primary = new Primary(source);
        await using var writer = await source.OpenConnectionAsync();
        await writer.ExecuteAsync("BEGIN");
        var xid = ulong.Parse(await writer.ScalarAsync<string>("SELECT pg_current_xact_id()::text"));
        var newXid = await primary.NewXidAsync(default);

        var view = await primary.LookAsync(default);
        Assert.False(view.Snapshot.Sees(xid));
        Assert.True(view.Snapshot.Sees(newXid));
        Assert.True(view.Snapshot.Xmin <= xid && xid < newXid);
        await writer.ExecuteAsync("COMMIT");
        Assert.True((await primary.LookAsync(default)).Snapshot.Xmin > newXid);
    }

    [Fact]
    public async Task Given_a_clean_restart_When_looked_at_Then_the_history_is_the_same_and_after_a_crash_it_is_not()
    {
        await using var source = await postgres.MigratedDatabaseAsync();
        var primary = new Primary(source);
        var before = (await primary.LookAsync(default)).Identity;

        await postgres.Server.StopAsync();
        await postgres.Server.StartAsync();
        source.Clear();
        Assert.Equal(before, (await primary.LookAsync(default)).Identity);

        await postgres.Server.KillAsync();
        await postgres.Server.StartAsync();
        source.Clear();
        var after = (await primary.LookAsync(default)).Identity;
        Assert.Equal((before.SystemId, before.Timeline), (after.SystemId, after.Timeline));
        Assert.NotEqual(before.Restart, after.Restart);
    }

    [Fact]
    public async Task Given_a_slot_When_asked_Then_its_state_is_told_and_a_missing_one_is_not_there()
    {
        await using var source = await postgres.MigratedDatabaseAsync();
        var primary = new Primary(source);
        await source.ScalarAsync<object>("SELECT pg_create_logical_replication_slot('told', 'test_decoding')::text");
        var slot = await primary.SlotAsync("told", default);
        Assert.Equal((true, false, false), (slot.Exists, slot.Lost, slot.Active));
        await source.ExecuteAsync("SELECT pg_drop_replication_slot('told')");
        Assert.False((await primary.SlotAsync("told", default)).Exists);
    }

    [Fact]
    public async Task Given_an_ordinary_role_When_it_reads_Then_the_identity_is_open_to_it()
    {
        await using var source = await postgres.MigratedDatabaseAsync();
        await source.ExecuteAsync("CREATE ROLE reader LOGIN PASSWORD 'r'; GRANT USAGE ON SCHEMA streams TO reader; GRANT SELECT ON streams.epoch TO reader");
        var connection = new NpgsqlConnectionStringBuilder(source.ConnectionString) { Username = "reader", Password = "r" }.ConnectionString;
        await using var reader = NpgsqlDataSource.Create(connection);
        Assert.NotEqual(0, (await new Primary(reader).LookAsync(default)).Identity.SystemId);
    }

    [Fact]
    public async Task Given_servers_that_refuse_When_asked_Then_the_codes_tell_them_apart()
    {
        Assert.Equal("STR5001", await CodeAsync("Host=127.0.0.1;Port=1;Username=x;Timeout=1"));
        Assert.Equal("STR5002", await CodeAsync(postgres.Server.ConnectionString("no_such_database")));
        Assert.Equal("STR5007", await CodeAsync(postgres.Server.ConnectionString()));
    }

    private static async Task<string> CodeAsync(string connectionString)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        return (await Assert.ThrowsAsync<StreamsException>(() => new Primary(source).ReadEpochAsync(default))).Error.Code;
    }
}
