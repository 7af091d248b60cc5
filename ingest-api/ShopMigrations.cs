using Npgsql;
using Streams.Postgres;

namespace Streams.IngestApi;

/// <summary>The shop's schema: tables, row versions, and what is captured of them.</summary>
public static class ShopMigrations
{
    /// <summary>The set embedded in this assembly.</summary>
    public static MigrationSet Set { get; } = MigrationSet.Embedded("shop", typeof(ShopMigrations).Assembly);

    /// <summary>Applies what is missing, after <see cref="StreamsMigrations.ApplyAsync"/>: the publication holds tables of the schema <c>streams</c>.</summary>
    /// <returns>Names of the migrations applied by this call.</returns>
    public static Task<IReadOnlyList<string>> ApplyAsync(NpgsqlDataSource source, CancellationToken cancellationToken = default) =>
        new MigrationRunner(source).ApplyAsync(Set, cancellationToken);
}
