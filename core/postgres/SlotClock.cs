using Npgsql;

namespace Streams.Postgres;

/// <summary>Where the source and its slot are.</summary>
/// <param name="Lsn">Position of the WAL at which the next change is written.</param>
/// <param name="Micros">The server's clock, in microseconds since 1970 UTC.</param>
/// <param name="Confirmed">What the slot has confirmed (<c>confirmed_flush_lsn</c>): all before it was acknowledged by Kafka. 0: there is no slot.</param>
public readonly record struct SlotMoment(long Lsn, long Micros, long Confirmed);

/// <summary>Reads the source's position and that of the connector's slot, in this order.</summary>
/// <param name="source">Pool of connections to the primary.</param>
/// <param name="slot">Name of the slot.</param>
public sealed class SlotClock(NpgsqlDataSource source, string slot)
{
    /// <summary>Takes both.</summary>
    /// <exception cref="Core.Errors.StreamsException">The primary cannot be asked.</exception>
    public async Task<SlotMoment> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var command = source.CreateCommand("""
                SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
                       coalesce((SELECT pg_wal_lsn_diff(confirmed_flush_lsn, '0/0')::bigint FROM pg_replication_slots WHERE slot_name = $1), 0)
                """);
            command.Parameters.AddWithValue(slot);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            return new SlotMoment(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
        }
        catch (NpgsqlException exception)
        {
            throw PostgresErrors.Classify(exception);
        }
    }
}
