using Npgsql;
using Streams.Core.Errors;
using Streams.Core.Rules;
using Streams.Fixtures;
using Streams.Postgres;

namespace Streams.Core.Tests.Postgres;

public sealed class CatalogReaderTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Given_tables_of_every_kind_When_the_catalogue_is_read_Then_it_says_what_the_audit_needs()
    {
        await using var source = NpgsqlDataSource.Create(await postgres.CreateDatabaseAsync(Unique.Name("catalog")));
        await using (var command = source.CreateCommand("""
            CREATE DOMAIN price AS numeric(12,2);
            CREATE TABLE sound (b int, a bigint, p price, n numeric, neg numeric(5,-2), t timestamptz(3), s varchar(10), PRIMARY KEY (a, b));
            ALTER TABLE sound REPLICA IDENTITY FULL;
            ALTER TABLE sound DROP COLUMN s;
            CREATE TABLE keyless (a int);
            CREATE TABLE late (a int PRIMARY KEY DEFERRABLE);
            CREATE PUBLICATION streams_publication FOR TABLE sound;
            """))
        {
            await command.ExecuteNonQueryAsync();
        }

        var catalog = await new CatalogReader(source).ReadAsync(
            "streams_publication", ["public.sound", "public.keyless", "public.late", "public.nowhere"], CancellationToken.None);

        Assert.Equal(3, catalog.Tables.Length);
        var sound = catalog.Find("public.sound")!;
        Assert.Equal(["a", "b"], sound.PrimaryKey.AsEnumerable());
        Assert.True(sound is { FullReplicaIdentity: true, Published: true, DeferrablePrimaryKey: false });
        Assert.Equal(
            [new("b", "int4", null), new("a", "int8", null), new("p", "numeric", 2), new("n", "numeric", null), new("neg", "numeric", -2), new("t", "timestamptz", 3)],
            sound.Columns.AsEnumerable());
        Assert.Empty(catalog.Find("public.keyless")!.PrimaryKey);
        Assert.True(catalog.Find("public.late") is { DeferrablePrimaryKey: true, Published: false, FullReplicaIdentity: false });
    }

    [Fact]
    public async Task Given_no_server_When_the_catalogue_is_read_Then_the_fault_is_transient()
    {
        await using var source = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Database=x;Username=x;Timeout=2");

        var exception = await Assert.ThrowsAsync<StreamsException>(() => new CatalogReader(source).ReadAsync("p", ["public.a"], CancellationToken.None));

        Assert.Equal(ErrorKind.Transient, exception.Error.Kind);
    }
}
