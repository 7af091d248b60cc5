using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using Streams.AnalyticsSink.Shapes;
using Streams.AnalyticsSink.Storing;
using Streams.Postgres;

namespace Streams.AnalyticsSink.Host.Store;

/// <summary>
/// Makes what is missing: the schema, and a table for each declared definition. The first table of an aggregate is served at once; one of another
/// definition is built beside it, and <see cref="TableKeeper"/> serves it when it is whole.
/// </summary>
internal sealed class TableMaker(NpgsqlDataSource store, ILogger<TableMaker> logger)
{
    // Any fixed number: "agg" in ASCII.
    private const int LockKey = 0x616767;

    private static readonly MigrationSet Migrations = MigrationSet.Embedded("analytics", typeof(TableMaker).Assembly);

    /// <summary>The schema <c>analytics</c>.</summary>
    public Task MigrateAsync(CancellationToken cancellationToken) => new MigrationRunner(store).ApplyAsync(Migrations, cancellationToken);

    /// <summary>The table of a shape, made if it is not there.</summary>
    public Task<StoreTable> EnsureAsync(AggregateShape shape, CancellationToken cancellationToken) => StoreGuard.RunAsync(async () =>
    {
        await using var connection = await store.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.RunAsync($"SELECT pg_advisory_xact_lock({LockKey}, hashtext($1))", [shape.Name], cancellationToken);
        var id = await FindAsync(connection, shape, cancellationToken) ?? await MakeAsync(connection, shape, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new StoreTable(id, TableSql.Relation(shape), shape);
    });

    /// <summary>What is not part of the definition's hash may have changed: grace.</summary>
    private static async Task<long?> FindAsync(NpgsqlConnection connection, AggregateShape shape, CancellationToken cancellationToken) => (long?)await connection.ScalarAsync(
        "UPDATE analytics.streams_table SET shape = $3 WHERE aggregate = $1 AND definition = $2 RETURNING id", [shape.Name, shape.Definition, Shape(shape)], cancellationToken);

    private async Task<long> MakeAsync(NpgsqlConnection connection, AggregateShape shape, CancellationToken cancellationToken)
    {
        var relation = TableSql.Relation(shape);
        var servedNow = (string?)await connection.ScalarAsync("SELECT relation FROM analytics.streams_table WHERE aggregate = $1 AND served", [shape.Name], cancellationToken);
        await connection.RunAsync(TableSql.CreateTable(shape), [], cancellationToken);
        if (servedNow is null)
        {
            await connection.RunAsync(TableSql.CreateView(shape, relation), [], cancellationToken);
        }
        else
        {
            await Grants.CopyAsync(connection, servedNow, relation, cancellationToken);
        }

        Log.TableMade(logger, shape.Name, relation, servedNow is null ? "at once" : "when it is whole");
        return (long)(await connection.ScalarAsync(
            "INSERT INTO analytics.streams_table (aggregate, definition, relation, shape, partitions, served) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
            [shape.Name, shape.Definition, relation, Shape(shape), shape.Partitions, servedNow is null],
            cancellationToken))!;
    }

    private static NpgsqlParameter Shape(AggregateShape shape) => new() { Value = shape.ToJson(), NpgsqlDbType = NpgsqlDbType.Jsonb };
}
