using System.Net.Sockets;
using Npgsql;

namespace Streams.Cli.Soak;

/// <summary>
/// Changes of every kind to <c>orders</c>, in transactions of some hundred rows: inserts, updates of amounts, rows that move to another group or window,
/// deletes, changed keys, transactions that roll back. As fast as the kills come, so that both end together.
/// </summary>
internal sealed class AggregateSoakWriter(AggregateSoakOptions options, NpgsqlDataSource source, AggregateSoakTally tally, Random random)
{
    private const int Customers = 50;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    // Rows come by ranges of keys: ORDER BY random() would read the whole table for each statement.
    private static readonly (int Weight, string Sql)[] Statements =
    [
        (4, """
            INSERT INTO orders (customer_id, status, total, created_at)
            SELECT 1 + (random() * 49)::int, (ARRAY['pending', 'paid', 'shipped', 'delivered'])[1 + (random() * 3)::int], (random() * 10000)::numeric(14,2),
                   now() - random() * interval '3 hours' FROM generate_series(1, 400)
            """),
        (3, "UPDATE orders SET total = (random() * 10000)::numeric(14,2) WHERE id IN (SELECT id FROM orders WHERE id >= @from ORDER BY id LIMIT 300)"),
        (2, "UPDATE orders SET status = (ARRAY['paid', 'shipped', 'delivered', 'cancelled'])[1 + (random() * 3)::int] WHERE id IN (SELECT id FROM orders WHERE id >= @from ORDER BY id LIMIT 200)"),
        (2, "UPDATE orders SET created_at = created_at - random() * interval '1 hour' WHERE id IN (SELECT id FROM orders WHERE id >= @from ORDER BY id LIMIT 100)"),
        (2, "DELETE FROM orders WHERE id IN (SELECT id FROM orders WHERE id >= @from ORDER BY id LIMIT 200)"),
        (1, "UPDATE orders SET id = -id WHERE id IN (SELECT id FROM orders WHERE id >= @from AND id > 0 ORDER BY id LIMIT 50)"),
    ];

    public async Task RunAsync(Func<bool> mayWrite, CancellationToken stop)
    {
        while (tally.Changes < options.Changes)
        {
            stop.ThrowIfCancellationRequested();
            if (!mayWrite())
            {
                await Task.Delay(Pause, TimeProvider.System, stop);
                continue;
            }

            try
            {
                await WriteAsync(stop);
            }
            catch (Exception exception) when (exception is NpgsqlException or SocketException or IOException)
            {
                // Postgres was killed; whether the transaction is in is not known and need not be: SQL is asked at the end.
                await Task.Delay(Pause, TimeProvider.System, stop);
            }
        }
    }

    public async Task PrepareAsync(CancellationToken stop)
    {
        await using var command = source.CreateCommand($"INSERT INTO customer (name, email) SELECT 'Buyer ' || i, 'buyer' || i || '@example.org' FROM generate_series(1, {Customers}) i");
        await command.ExecuteNonQueryAsync(stop);
    }

    private async Task WriteAsync(CancellationToken stop)
    {
        await using var connection = await source.OpenConnectionAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        var changes = 0L;
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            await using var command = new NpgsqlCommand(Pick(), connection);
            if (command.CommandText.Contains("@from", StringComparison.Ordinal))
            {
                command.Parameters.AddWithValue("from", (long)(random.NextDouble() * Math.Max(1, tally.Changes / 3)));
            }

            changes += await command.ExecuteNonQueryAsync(stop);
        }

        if (random.Next(20) == 0)
        {
            await transaction.RollbackAsync(stop);
            return;
        }

        await transaction.CommitAsync(stop);
        tally.Add(changes);
    }

    private string Pick()
    {
        var at = random.Next(Statements.Sum(one => one.Weight));
        foreach (var (weight, sql) in Statements)
        {
            if ((at -= weight) < 0)
            {
                return sql;
            }
        }

        return Statements[0].Sql;
    }
}
