using Dapper;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Streams.IngestApi.Http.Idempotency;

/// <summary>Removes answers that can no longer be replayed, in small transactions, once in a while. Several instances may do it at once.</summary>
internal sealed partial class IdempotencyPurge(NpgsqlDataSource database, TimeProvider clock, ILogger<IdempotencyPurge> logger) : BackgroundService
{
    private const int Rows = 1_000;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    private const string Sql = """
        DELETE FROM streams.idempotency_key WHERE (scope, key) IN (
          SELECT scope, key FROM streams.idempotency_key WHERE created_at <= clock_timestamp() - @window
          ORDER BY created_at LIMIT @rows FOR UPDATE SKIP LOCKED)
        """;

    /// <summary>Removes what is too old.</summary>
    /// <returns>Number of rows removed.</returns>
    public async Task<int> PurgeAsync(CancellationToken cancellationToken)
    {
        var (all, some) = (0, Rows);
        while (some == Rows)
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            some = await connection.ExecuteAsync(new CommandDefinition(Sql, new { window = IdempotencyStore.Window, rows = Rows }, cancellationToken: cancellationToken));
            all += some;
        }

        return all;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await PurgeAsync(stoppingToken);
            }
            catch (NpgsqlException exception)
            {
                // The next turn takes what this one left.
                LogSkipped(exception.Message);
            }
        }
    }

    [LoggerMessage(5102, LogLevel.Warning, "Expired idempotency keys stay for now: {Reason}")]
    private partial void LogSkipped(string reason);
}
