using System.Text;
using System.Transactions;
using Npgsql;
using Streams.Postgres;

namespace Streams.Cache.Reading;

/// <summary>What one statement on the primary returned, all of one snapshot.</summary>
/// <param name="History">Identity and snapshot.</param>
/// <param name="Payload">Null: no row, or NULL.</param>
internal sealed record PrimaryRow(HistoryRow History, byte[]? Payload);

/// <summary>Reads data, identity and snapshot in one statement on the primary, never inside somebody else's transaction (R4, R10).</summary>
/// <param name="source">Pool of connections to the primary.</param>
internal sealed class PrimaryReader(NpgsqlDataSource source)
{
    public async Task<PrimaryRow> ReadAsync(CacheQuery query, CancellationToken cancellationToken)
    {
        using var alone = new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled);
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            await using var command = new NpgsqlCommand(Statement(query.Sql), connection);
            foreach (var (name, value) in query.Parameters)
            {
                command.Parameters.AddWithValue(name, value);
            }

            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            return await OnlyRowAsync(reader, cancellationToken);
        }
        catch (NpgsqlException exception)
        {
            throw PostgresErrors.Classify(exception);
        }
    }

    /// <summary>One statement has one snapshot. The outer join gives identity and snapshot also when the query finds nothing.</summary>
    private static string Statement(string sql) => $"""
        SELECT {HistorySql.Columns}, q.*
        FROM (SELECT 1) AS one LEFT JOIN LATERAL (
        {sql.TrimEnd().TrimEnd(';')}
        ) AS q (payload) ON true
        """;

    private static async Task<PrimaryRow> OnlyRowAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        if (reader.FieldCount != HistorySql.ColumnCount + 1)
        {
            throw PostgresErrors.QueryShape.With($"It gives {reader.FieldCount - HistorySql.ColumnCount} columns.");
        }

        await reader.ReadAsync(cancellationToken);
        var row = new PrimaryRow(HistorySql.Read(reader), Payload(reader, HistorySql.ColumnCount));
        return await reader.ReadAsync(cancellationToken) ? throw PostgresErrors.QueryShape.With("It gives more than one row.") : row;
    }

    /// <summary>By the type that the driver reads it as: text, varchar, json, jsonb, enums and their like are strings.</summary>
    private static byte[]? Payload(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null
        : reader.GetFieldType(column) == typeof(string) ? Encoding.UTF8.GetBytes(reader.GetString(column))
        : reader.GetFieldType(column) == typeof(byte[]) ? reader.GetFieldValue<byte[]>(column)
        : throw PostgresErrors.QueryShape.With($"Its column is of type {reader.GetDataTypeName(column)}.");
}
