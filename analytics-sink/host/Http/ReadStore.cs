using System.Data;
using Microsoft.Extensions.Options;
using Npgsql;
using Streams.AnalyticsSink.Host.Store;
using Streams.AnalyticsSink.Reading;
using Streams.AnalyticsSink.Shapes;
using Streams.Hosting.Options;

namespace Streams.AnalyticsSink.Host.Http;

/// <summary>The store as the API reads it: one snapshot per answer, read only.</summary>
internal sealed class ReadStore(IOptions<AnalyticsSinkOptions> options, IOptions<PostgresOptions> postgres) : IAsyncDisposable
{
    private const string ServedSql = """
        SELECT t.shape::text, t.relation, t.epoch, to_char(a.as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), a.as_of_lsn::text, t.id, t.last_change, t.forgotten_change
        FROM analytics.streams_table t LEFT JOIN analytics.streams_as_of a ON a.table_id = t.id AND a.epoch = t.epoch
        WHERE t.served AND t.aggregate = ANY ($1) ORDER BY t.aggregate
        """;

    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(ConnectionString(options.Value, postgres.Value))
    {
        CommandTimeout = (int)Math.Ceiling(options.Value.QueryTimeout.TotalSeconds),
        ApplicationName = "streams-analytics-api",
    });

    /// <summary>Runs work on one snapshot.</summary>
    public async Task<T> ReadAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await connection.RunAsync("SET TRANSACTION READ ONLY", [], cancellationToken);
        return await work(connection);
    }

    /// <summary>Tables of these aggregates that are served.</summary>
    public static Task<List<ServedTable>> ServedAsync(NpgsqlConnection connection, IEnumerable<string> aggregates, CancellationToken cancellationToken) =>
        connection.ListAsync(ServedSql, [aggregates.ToArray()], Served, cancellationToken);

    /// <summary>Runs a statement and gives each row's columns, from <paramref name="first"/> on, as texts.</summary>
    public static async IAsyncEnumerable<string?[]> TextsAsync(
        NpgsqlConnection connection, Statement statement, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = connection.Command(statement.Sql, [.. statement.Parameters]);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var texts = new string?[reader.FieldCount];
            for (var i = 0; i < texts.Length; i++)
            {
                texts[i] = reader.IsDBNull(i) ? null : reader.GetString(i);
            }

            yield return texts;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private static ServedTable Served(NpgsqlDataReader reader) => new(
        AggregateShape.Parse(reader.GetString(0)),
        reader.GetString(1),
        reader.Nullable<long>(2),
        reader.IsDBNull(3) ? null : reader.GetString(3),
        reader.IsDBNull(4) ? null : reader.GetString(4),
        new ChangeLimits(reader.GetInt64(5), reader.GetInt64(6), reader.GetInt64(7)));

    private static string ConnectionString(AnalyticsSinkOptions options, PostgresOptions postgres) =>
        options.ReadConnectionString is { Length: > 0 } read ? read : options.StoreConnectionString is { Length: > 0 } store ? store : postgres.ConnectionString;
}
