using Npgsql;
using Streams.Core.Errors;

namespace Streams.Postgres;

/// <summary>Catalogue of what can go wrong with the primary: STR5001–STR5049.</summary>
public static class PostgresErrors
{
    /// <summary>No connection, or it broke, or the server is starting, stopping or full.</summary>
    public static StreamsError Unavailable { get; } = new(
        "STR5001", ErrorKind.Transient, "Postgres cannot be reached", "Check Streams:Postgres:ConnectionString and that the server is up; it is tried again");

    /// <summary>SQLSTATE class 28 and missing databases: retrying does not help.</summary>
    public static StreamsError Refused { get; } = new(
        "STR5002", ErrorKind.Permanent, "Postgres refuses the login", "Check user, password and database in Streams:Postgres:ConnectionString, and pg_hba.conf");

    /// <summary>The server is a standby.</summary>
    public static StreamsError InRecovery { get; } = new(
        "STR5003", ErrorKind.Transient, "The Postgres server is in recovery", "Point Streams:Postgres:ConnectionString at the primary");

    /// <summary>A migration that was applied has another text now.</summary>
    public static StreamsError MigrationChanged { get; } = new(
        "STR5004", ErrorKind.Permanent, "An applied migration has changed", "Restore the file; put the change into a new migration with the next number");

    /// <summary>A migration failed; it was rolled back.</summary>
    public static StreamsError MigrationFailed { get; } = new(
        "STR5005", ErrorKind.Permanent, "A migration failed", "Mend what the detail names and start again; nothing of this migration was kept");

    /// <summary>The database knows migrations that this build does not have.</summary>
    public static StreamsError DatabaseIsNewer { get; } = new(
        "STR5006", ErrorKind.Permanent, "The database was migrated by a newer version", "Run that version or a later one");

    /// <summary>A table or function is missing.</summary>
    public static StreamsError NotMigrated { get; } = new(
        "STR5007", ErrorKind.Permanent, "The database lacks a table, schema or function", "Apply the migrations with ./streams apply, or mend the query that names it");

    /// <summary>A privilege is missing.</summary>
    public static StreamsError Forbidden { get; } = new(
        "STR5008", ErrorKind.Permanent, "The role lacks a privilege in Postgres", "Grant what the detail names to the role of the connection string");

    /// <summary>Any other answer of the server.</summary>
    public static StreamsError Failed { get; } = new(
        "STR5009", ErrorKind.Permanent, "Postgres answers with an error", "See the detail; the SQLSTATE is explained in the PostgreSQL manual, appendix A");

    /// <summary>A cache query does not have the shape that the reader needs.</summary>
    public static StreamsError QueryShape { get; } = new(
        "STR5010", ErrorKind.Permanent, "A cache query must give at most one row of one column (text, json, jsonb or bytea)", "Aggregate in SQL, for example with jsonb_build_object or jsonb_agg");

    /// <summary>The catalogue entry for a driver exception. Unknown ones count as transient if the driver says so.</summary>
    public static StreamsException Classify(NpgsqlException exception) => exception is PostgresException answer
        ? Entry(answer.SqlState).With($"{answer.SqlState}: {answer.MessageText}.", exception)
        : Unavailable.With($"{exception.Message}.", exception);

    private static StreamsError Entry(string state) => state switch
    {
        "3D000" => Refused,
        "25006" => InRecovery,
        "42501" => Forbidden,
        "3F000" or "42P01" or "42883" => NotMigrated,
        _ => state[..2] switch
        {
            "28" => Refused,
            // Connection, resources, operator's intervention, system, serialization and deadlock.
            "08" or "53" or "57" or "58" or "40" or "55" => Unavailable,
            _ => Failed,
        },
    };
}
