using Npgsql;
using NpgsqlTypes;
using Streams.AnalyticsSink.Host.Observing;
using Streams.AnalyticsSink.Progress;
using Streams.AnalyticsSink.Storing;
using Streams.Core.Aggregates;

namespace Streams.AnalyticsSink.Host.Store;

/// <summary>What is written beside rows.</summary>
/// <param name="TopicId">Id of the output topic.</param>
/// <param name="Offsets">Per partition the offset after the last record.</param>
/// <param name="Progress">Statements that hold as soon as the rows are there.</param>
internal sealed record WriteTail(string TopicId, IReadOnlyDictionary<int, long> Offsets, IReadOnlyList<ReachedProgress> Progress)
{
    public static WriteTail None { get; } = new("", new Dictionary<int, long>(), []);
}

/// <summary>
/// Writes rows, offsets and progress in one transaction. Several instances may write the same partition for a while: rows only go to higher versions,
/// offsets and progress only forward, and writers of one table wait for each other (see <c>analytics.streams_table</c>).
/// </summary>
internal sealed class RowWriter(NpgsqlDataSource store)
{
    private const string LockSql = """
        SELECT epoch, (extract(epoch FROM dropped_before) * 1000000)::bigint, last_change FROM analytics.streams_table WHERE id = $1 FOR UPDATE
        """;

    private const string OffsetSql = """
        INSERT INTO analytics.streams_offset AS held (table_id, topic_id, partition, next_offset) SELECT $1, $2, * FROM unnest($3::int[], $4::bigint[])
        ON CONFLICT (table_id, partition) DO UPDATE SET topic_id = excluded.topic_id, next_offset = excluded.next_offset
        WHERE held.topic_id <> excluded.topic_id OR held.next_offset < excluded.next_offset
        """;

    // Each statement stays true, so that the highest of several is.
    private const string ProgressSql = """
        INSERT INTO analytics.streams_progress AS held (table_id, epoch, partition, as_of_lsn, as_of, told)
        SELECT $1, p.epoch, p.partition, p.lsn::pg_lsn, p.at::timestamptz, p.told FROM unnest($2::bigint[], $3::int[], $4::text[], $5::text[], $6::boolean[]) AS p(epoch, partition, lsn, at, told)
        ON CONFLICT (table_id, epoch, partition) DO UPDATE
        SET as_of_lsn = greatest(held.as_of_lsn, excluded.as_of_lsn), as_of = greatest(held.as_of, excluded.as_of), told = excluded.told
        """;

    /// <summary>Writes. The rows are of different keys.</summary>
    public Task<WriteResult> WriteAsync(StoreTable table, IReadOnlyList<AggregateRow> rows, WriteTail tail, CancellationToken cancellationToken) => StoreGuard.RunAsync(async () =>
    {
        await using var connection = await store.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var result = rows.Count > 0 ? await WriteRowsAsync(connection, table, rows, cancellationToken) : default;
        await WriteTailAsync(connection, table, tail, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return result;
    });

    private static async Task<WriteResult> WriteRowsAsync(NpgsqlConnection connection, StoreTable table, IReadOnlyList<AggregateRow> rows, CancellationToken cancellationToken)
    {
        var gate = await LockAsync(connection, table, cancellationToken);
        var admitted = rows.Where(gate.Admits).ToList();
        if (admitted.Count == 0)
        {
            return new WriteResult(0, rows.Count, 0);
        }

        object?[] values = [gate.LastChange, .. RowColumns.Texts(table.Shape, admitted).Select(Texts)];
        var written = await connection.RunAsync(UpsertSql.Of(table.Shape, table.Relation), values, cancellationToken);
        await connection.RunAsync(
            "UPDATE analytics.streams_table SET last_change = $2 WHERE id = $1", [table.Id, gate.LastChange + admitted.Count], cancellationToken);
        return new WriteResult(written, rows.Count - admitted.Count, admitted.Count - written);
    }

    private static async Task<TableGate> LockAsync(NpgsqlConnection connection, StoreTable table, CancellationToken cancellationToken)
    {
        var gates = await connection.ListAsync(
            LockSql, [table.Id], reader => new TableGate(reader.Nullable<long>(0), reader.Nullable<long>(1), reader.GetInt64(2)), cancellationToken);
        return gates is [var gate] ? gate : throw AnalyticsErrors.Superseded.With($"{table.Relation} is not registered any more.");
    }

    private static async Task WriteTailAsync(NpgsqlConnection connection, StoreTable table, WriteTail tail, CancellationToken cancellationToken)
    {
        if (tail.Offsets.Count > 0)
        {
            await connection.RunAsync(OffsetSql, [table.Id, tail.TopicId, tail.Offsets.Keys.ToArray(), tail.Offsets.Values.ToArray()], cancellationToken);
        }

        if (tail.Progress.Count > 0)
        {
            object?[] values =
            [
                table.Id,
                tail.Progress.Select(progress => progress.Epoch).ToArray(),
                tail.Progress.Select(progress => progress.Partition).ToArray(),
                Texts(tail.Progress.Select(progress => progress.Lsn is { } lsn ? Shapes.Sql.Lsn(lsn) : null)),
                Texts(tail.Progress.Select(progress => RowColumns.Instant(progress.Micros))),
                tail.Progress.Select(progress => progress.IsTold).ToArray(),
            ];
            await connection.RunAsync(ProgressSql, values, cancellationToken);
        }
    }

    private static NpgsqlParameter Texts(IEnumerable<string?> texts) => new() { Value = texts.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
}
