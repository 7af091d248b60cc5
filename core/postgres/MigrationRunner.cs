using Npgsql;

namespace Streams.Postgres;

/// <summary>
/// Applies a set of migrations: those that are not recorded yet, in order, each in a transaction with its record. One runner at a time per
/// database (advisory lock); a second one waits and then finds nothing to do.
/// </summary>
/// <param name="source">Pool of connections of a role that may create the schema <c>streams</c>.</param>
public sealed class MigrationRunner(NpgsqlDataSource source)
{
    // Any fixed number: "streams" in ASCII.
    private const long LockKey = 0x73747265616D73;

    private const string Bootstrap = """
        CREATE SCHEMA IF NOT EXISTS streams;
        CREATE TABLE IF NOT EXISTS streams.schema_migration (
            set_name   text NOT NULL,
            number     integer NOT NULL,
            name       text NOT NULL,
            checksum   text NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            PRIMARY KEY (set_name, number)
        );
        """;

    /// <summary>Applies what is missing.</summary>
    /// <returns>Names of the migrations applied by this call.</returns>
    /// <exception cref="Core.Errors.StreamsException">STR5004 an applied file changed; STR5005 one failed; STR5006 the database is newer; connection faults.</exception>
    public async Task<IReadOnlyList<string>> ApplyAsync(MigrationSet set, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            await ExecuteAsync(connection, $"SELECT pg_advisory_lock({LockKey})", cancellationToken);
            // A session lock: it outlives the transactions of the single migrations, and goes with the connection if that breaks.
            try
            {
                await ExecuteAsync(connection, Bootstrap, cancellationToken);
                return await ApplyMissingAsync(connection, set, cancellationToken);
            }
            finally
            {
                await ExecuteAsync(connection, $"SELECT pg_advisory_unlock({LockKey})", CancellationToken.None);
            }
        }
        catch (NpgsqlException exception)
        {
            throw PostgresErrors.Classify(exception);
        }
    }

    private static async Task<IReadOnlyList<string>> ApplyMissingAsync(NpgsqlConnection connection, MigrationSet set, CancellationToken cancellationToken)
    {
        var recorded = await RecordedAsync(connection, set.Name, cancellationToken);
        var missing = Missing(set, recorded);
        foreach (var migration in missing)
        {
            await ApplyOneAsync(connection, set.Name, migration, cancellationToken);
        }

        return [.. missing.Select(migration => migration.Name)];
    }

    /// <summary>What is still to apply; pure.</summary>
    internal static List<Migration> Missing(MigrationSet set, IReadOnlyDictionary<int, string> recorded)
    {
        foreach (var migration in set.Migrations)
        {
            if (recorded.TryGetValue(migration.Number, out var checksum) && checksum != migration.Checksum)
            {
                throw PostgresErrors.MigrationChanged.With($"{set.Name}/{migration.Name}: recorded {checksum[..12]}, file {migration.Checksum[..12]}.");
            }
        }

        var unknown = recorded.Keys.Except(set.Migrations.Select(migration => migration.Number)).Order().ToList();
        return unknown.Count == 0
            ? [.. set.Migrations.Where(migration => !recorded.ContainsKey(migration.Number))]
            : throw PostgresErrors.DatabaseIsNewer.With($"Set {set.Name} has unknown number {unknown[0]}.");
    }

    private static async Task ApplyOneAsync(NpgsqlConnection connection, string set, Migration migration, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        try
        {
            await ExecuteAsync(connection, migration.Sql, cancellationToken);
        }
        catch (PostgresException exception)
        {
            var hint = exception.Hint is { Length: > 0 } text ? $" Hint: {text}." : "";
            throw PostgresErrors.MigrationFailed.With($"{set}/{migration.Name}: {exception.SqlState}: {exception.MessageText}.{hint}", exception);
        }

        await using var record = new NpgsqlCommand(
            "INSERT INTO streams.schema_migration (set_name, number, name, checksum) VALUES ($1, $2, $3, $4)", connection)
        {
            Parameters = { new() { Value = set }, new() { Value = migration.Number }, new() { Value = migration.Name }, new() { Value = migration.Checksum } },
        };
        await record.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task<Dictionary<int, string>> RecordedAsync(NpgsqlConnection connection, string set, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT number, checksum FROM streams.schema_migration WHERE set_name = $1", connection)
        {
            Parameters = { new() { Value = set } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var recorded = new Dictionary<int, string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            recorded.Add(reader.GetInt32(0), reader.GetString(1));
        }

        return recorded;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
