using Npgsql;
using Streams.Postgres;

namespace Streams.InvalidationSink.Host.Loop;

/// <summary>One re-floor at a time among all instances. Only a courtesy: the compare-and-increment of the epoch is what makes two of them safe.</summary>
internal interface IReFloorLock
{
    /// <summary>Waits for the lock; disposing releases it.</summary>
    Task<IAsyncDisposable> AcquireAsync(CancellationToken cancellationToken);
}

/// <summary>A session-level advisory lock on the primary; it goes with its connection.</summary>
internal sealed class ReFloorLock(NpgsqlDataSource source) : IReFloorLock
{
    // Any fixed number: "refloor" in ASCII.
    private const long Key = 0x7265666C6F6F72;

    /// <inheritdoc/>
    public async Task<IAsyncDisposable> AcquireAsync(CancellationToken cancellationToken)
    {
        try
        {
            var connection = await source.OpenConnectionAsync(cancellationToken);
            try
            {
                await RunAsync(connection, $"SELECT pg_advisory_lock({Key})", cancellationToken);
                return new Held(connection);
            }
            catch
            {
                await connection.DisposeAsync();
                throw;
            }
        }
        catch (NpgsqlException exception)
        {
            throw PostgresErrors.Classify(exception);
        }
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed class Held(NpgsqlConnection connection) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            try
            {
                await RunAsync(connection, $"SELECT pg_advisory_unlock({Key})", CancellationToken.None);
            }
            catch (NpgsqlException)
            {
                // The connection broke, and the lock with it.
                NpgsqlConnection.ClearPool(connection);
            }

            await connection.DisposeAsync();
        }
    }
}
