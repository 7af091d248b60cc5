using Npgsql;

namespace Streams.AnalyticsSink.Host.Store;

/// <summary>Where reading goes on.</summary>
/// <param name="TopicId">Topic that the offset is of.</param>
/// <param name="Next">Offset after the last record that is in the table.</param>
internal sealed record StoredPosition(string TopicId, long Next);

/// <summary>Reads positions.</summary>
internal sealed class Positions(NpgsqlDataSource store)
{
    /// <summary>Positions by table and partition.</summary>
    public Task<Dictionary<(long Table, int Partition), StoredPosition>> ReadAsync(IEnumerable<long> tables, CancellationToken cancellationToken) => StoreGuard.RunAsync(async () =>
    {
        await using var connection = await store.OpenConnectionAsync(cancellationToken);
        var rows = await connection.ListAsync(
            "SELECT table_id, partition, topic_id, next_offset FROM analytics.streams_offset WHERE table_id = ANY ($1)",
            [tables.ToArray()],
            reader => ((reader.GetInt64(0), reader.GetInt32(1)), new StoredPosition(reader.GetString(2), reader.GetInt64(3))),
            cancellationToken);
        return rows.ToDictionary(row => row.Item1, row => row.Item2);
    });
}
