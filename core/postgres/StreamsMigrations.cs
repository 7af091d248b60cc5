using Npgsql;

namespace Streams.Postgres;

/// <summary>The schema <c>streams</c>: epoch, heartbeat, signal, idempotency keys, and the replication role.</summary>
public static class StreamsMigrations
{
    /// <summary>The set embedded in this assembly.</summary>
    public static MigrationSet Set { get; } = MigrationSet.Embedded("streams", typeof(StreamsMigrations).Assembly);

    /// <summary>Applies what is missing. Needs a role that may create a role with REPLICATION (a superuser, up to PostgreSQL 15), unless it is there already.</summary>
    /// <returns>Names of the migrations applied by this call.</returns>
    public static Task<IReadOnlyList<string>> ApplyAsync(NpgsqlDataSource source, CancellationToken cancellationToken = default) =>
        new MigrationRunner(source).ApplyAsync(Set, cancellationToken);
}
