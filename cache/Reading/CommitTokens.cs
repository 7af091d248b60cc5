using System.Globalization;
using Npgsql;
using Streams.Postgres;

namespace Streams.Cache.Reading;

/// <summary>Takes the commit token of a write.</summary>
public static class CommitTokens
{
    /// <summary>The token of the transaction that is open on a connection. It means something only once that transaction has committed.</summary>
    /// <param name="connection">With an open transaction that writes.</param>
    /// <param name="cancellationToken">Ends the statement.</param>
    public static async Task<CommitToken> TakeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT pg_current_xact_id()::text, {HistorySql.Columns}", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return CommitToken.Of(HistorySql.Read(reader, 1).Identity, ulong.Parse(reader.GetString(0), CultureInfo.InvariantCulture));
    }
}
