using Npgsql;
using Streams.Hosting.Health;
using Streams.Postgres;

namespace Streams.IngestApi.Data;

/// <summary>Ready when the primary answers, takes writes and has the shop's tables.</summary>
internal sealed class PostgresCheck(NpgsqlDataSource database) : IReadinessCheck
{
    private const string Sql = """
        SELECT CASE
          WHEN pg_is_in_recovery() THEN 'The server is a standby'
          WHEN to_regclass('public.product') IS NULL OR to_regclass('streams.idempotency_key') IS NULL THEN 'Tables are missing: run streams apply'
        END
        """;

    public string Name => "postgres";

    public async Task<string?> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var command = database.CreateCommand(Sql);
            return await command.ExecuteScalarAsync(cancellationToken) as string;
        }
        catch (NpgsqlException exception)
        {
            return PostgresErrors.Classify(exception).Message;
        }
    }
}
