using Streams.Cache.Tests.Fixtures;
using Streams.Core.Errors;
using Streams.Postgres;
using Xunit;

namespace Streams.Cache.Tests.Postgres;

[Collection(Servers.Name)]
public sealed class MigrationRunnerTests(CachePostgres postgres)
{
    private static readonly string[] Files = ["001-streams", "002-replication-role", "003-aggregates", "004-aggregate-history"];

    [Fact]
    public async Task Given_an_empty_database_When_migrated_twice_Then_the_second_finds_nothing_to_do()
    {
        await using var source = await postgres.DatabaseAsync();
        Assert.Equal(Files, await StreamsMigrations.ApplyAsync(source));
        Assert.Empty(await StreamsMigrations.ApplyAsync(source));
        Assert.True(await source.ScalarAsync<bool>("SELECT rolreplication AND rolcanlogin AND NOT rolsuper FROM pg_roles WHERE rolname = 'streams_replication'"));
        Assert.True(await source.ScalarAsync<bool>("SELECT has_table_privilege('streams_replication', 'streams.heartbeat', 'SELECT, UPDATE')"));
        Assert.False(await source.ScalarAsync<bool>("SELECT has_table_privilege('streams_replication', 'streams.epoch', 'SELECT')"));
    }

    [Fact]
    public async Task Given_two_runners_at_once_When_migrated_Then_each_file_is_applied_once()
    {
        await using var source = await postgres.DatabaseAsync();
        var both = await Task.WhenAll(StreamsMigrations.ApplyAsync(source), StreamsMigrations.ApplyAsync(source));
        Assert.Equal(Files.Length, both.Sum(applied => applied.Count));
    }

    [Fact]
    public async Task Given_a_changed_file_When_migrated_Then_it_is_refused_with_its_name()
    {
        await using var source = await postgres.DatabaseAsync();
        await ApplyAsync(source, new Migration(1, "001-a", "CREATE TABLE a ()"));
        Assert.Equal("STR5004", await CodeAsync(source, new Migration(1, "001-a", "CREATE TABLE a (id int)")));
        Assert.Equal("STR5006", await CodeAsync(source));
    }

    [Fact]
    public async Task Given_a_failing_file_When_migrated_Then_nothing_of_it_is_kept_and_those_before_are()
    {
        await using var source = await postgres.DatabaseAsync();
        Migration[] set = [new(1, "001-a", "CREATE TABLE a ()"), new(2, "002-b", "CREATE TABLE b (); CREATE TABLE a ()")];
        Assert.Equal("STR5005", await CodeAsync(source, set));
        Assert.True(await source.ScalarAsync<bool>("SELECT to_regclass('a') IS NOT NULL AND to_regclass('b') IS NULL"));
        Assert.Equal(["002-b"], await ApplyAsync(source, set[0], set[1] with { Sql = "CREATE TABLE b ()" }));
    }

    private static Task<IReadOnlyList<string>> ApplyAsync(Npgsql.NpgsqlDataSource source, params Migration[] migrations) =>
        new MigrationRunner(source).ApplyAsync(new MigrationSet("test", migrations), default);

    private static async Task<string> CodeAsync(Npgsql.NpgsqlDataSource source, params Migration[] migrations) =>
        (await Assert.ThrowsAsync<StreamsException>(() => ApplyAsync(source, migrations))).Error.Code;
}
