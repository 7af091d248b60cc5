using Npgsql;

namespace Streams.Cli.Soak;

/// <summary>The rows of a soak: hot products in ten categories, an order for every fourth.</summary>
/// <param name="Products">Ids.</param>
/// <param name="Categories">Ids.</param>
/// <param name="Orders">Ids.</param>
public sealed record SoakShop(long[] Products, long[] Categories, long[] Orders)
{
    private const int CategoryCount = 10;

    /// <summary>Inserts them; each run has its own.</summary>
    public static async Task<SoakShop> CreateAsync(NpgsqlDataSource source, int hotRows, CancellationToken cancellationToken)
    {
        var categories = await IdsAsync(source, "INSERT INTO category (name) SELECT 'soak ' || n FROM generate_series(1, @n) n RETURNING id", CategoryCount, cancellationToken);
        var products = await IdsAsync(
            source,
            """
            INSERT INTO product (sku, name, price, category_id)
            SELECT 'soak-' || gen_random_uuid(), 'Soak ' || n, n, (@categories)[1 + n % cardinality(@categories)] FROM generate_series(1, @n) n RETURNING id
            """,
            hotRows, cancellationToken, categories);
        var orders = await IdsAsync(
            source,
            """
            WITH c AS (INSERT INTO customer (name, email) VALUES ('Soak', gen_random_uuid() || '@example.com') RETURNING id)
            INSERT INTO orders (customer_id) SELECT c.id FROM c, generate_series(1, @n) RETURNING id
            """,
            Math.Max(1, hotRows / 4), cancellationToken);
        return new SoakShop(products, categories, orders);
    }

    private static async Task<long[]> IdsAsync(NpgsqlDataSource source, string sql, int count, CancellationToken cancellationToken, long[]? categories = null)
    {
        await using var command = source.CreateCommand(sql);
        command.Parameters.AddWithValue("n", count);
        command.Parameters.AddWithValue("categories", categories ?? []);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var ids = new List<long>(count);
        while (await reader.ReadAsync(cancellationToken))
        {
            ids.Add(reader.GetInt64(0));
        }

        return [.. ids];
    }
}
