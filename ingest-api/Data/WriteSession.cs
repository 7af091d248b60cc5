using Dapper;
using Npgsql;

namespace Streams.IngestApi.Data;

/// <summary>Statements inside the one transaction of a write.</summary>
/// <param name="transaction">Open transaction.</param>
/// <param name="cancellationToken">Deadline of the request.</param>
internal sealed class WriteSession(NpgsqlTransaction transaction, CancellationToken cancellationToken)
{
    /// <summary>First column of the one row.</summary>
    public Task<T> SingleAsync<T>(string sql, object? parameters = null) =>
        Connection.QuerySingleAsync<T>(Command(sql, parameters));

    /// <summary>The one row, or null.</summary>
    public Task<T?> OptionalAsync<T>(string sql, object? parameters = null) =>
        Connection.QuerySingleOrDefaultAsync<T>(Command(sql, parameters));

    /// <summary>Every row.</summary>
    public async Task<IReadOnlyList<T>> ListAsync<T>(string sql, object? parameters = null) =>
        [.. await Connection.QueryAsync<T>(Command(sql, parameters))];

    /// <summary>Number of rows written.</summary>
    public Task<int> ExecuteAsync(string sql, object? parameters = null) => Connection.ExecuteAsync(Command(sql, parameters));

    private NpgsqlConnection Connection => transaction.Connection!;

    private CommandDefinition Command(string sql, object? parameters) =>
        new(sql, parameters, transaction, cancellationToken: cancellationToken);
}
