using System.Collections.Immutable;
using System.Text.Json;
using Npgsql;
using Streams.Core.Aggregates;
using Streams.Core.Values;

namespace Streams.Processors.Tests.Aggregates;

/// <summary>The table of sales in Postgres.</summary>
internal static class SaleTable
{
    public static ImmutableDictionary<string, SqlValue> RandomRow(long id, Random random) => ImmutableDictionary.CreateRange(new Dictionary<string, SqlValue>
    {
        ["id"] = SqlValue.Of(id),
        ["status"] = random.Next(5) == 0 ? SqlValue.Null : SqlValue.Of(new[] { "new", "paid", "sent", "it's" }[random.Next(4)]),
        ["amount"] = random.Next(6) == 0 ? SqlValue.Null : SqlValue.Of(new PgNumeric(random.Next(-500, 500), 2)),
        ["weight"] = SqlValue.Of(random.Next(40) == 0 ? PgNumeric.NaN : new PgNumeric(new System.Numerics.BigInteger(random.NextInt64(-1_000_000_000, 1_000_000_000)) * random.Next(1, 100_000), random.Next(0, 24))),
        ["customer"] = SqlValue.Of(random.Next(5)),
        ["at"] = random.Next(10) == 0 ? SqlValue.Null : SqlValue.Time(SqlKind.TimestampTz, random.NextInt64(-600_000_000, 600_000_000)),
    });

    /// <summary>Makes the table anew with these rows.</summary>
    public static async Task FillAsync(NpgsqlDataSource source, IEnumerable<ImmutableDictionary<string, SqlValue>> rows)
    {
        await ExecuteAsync(source, "DROP TABLE IF EXISTS public.sale");
        await ExecuteAsync(source, "CREATE TABLE public.sale (id bigint PRIMARY KEY, status text, amount numeric(12,2), weight numeric, customer integer, at timestamptz)");
        foreach (var row in rows)
        {
            var values = Sales.Table.Columns.Select(column => row[column.Name].ToText() is { } text ? $"'{text.Replace("'", "''", StringComparison.Ordinal)}'" : "NULL");
            await ExecuteAsync(source, $"INSERT INTO public.sale VALUES ({string.Join(", ", values)})");
        }
    }

    /// <summary>Rows of a plan's statement, their columns with bars between.</summary>
    public static async Task<List<string>> SelectAsync(NpgsqlDataSource source, AggregatePlan plan)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var zone = new NpgsqlCommand("SET TIME ZONE 'UTC'", connection);
        await zone.ExecuteNonQueryAsync();
        await using var command = new NpgsqlCommand(AggregateSql.Select(plan), connection);
        await using var reader = await command.ExecuteReaderAsync();
        var found = new List<string>();
        while (await reader.ReadAsync())
        {
            found.Add(string.Join("|", Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "NULL" : reader.GetString(i))));
        }

        return found;
    }

    public static string TextOf(Measure measure, MeasureValue value) =>
        measure.Kind == MeasureKind.Top ? JsonSerializer.Serialize(value.Top.Select(entry => new[] { entry.Value.ToText(), entry.Key })) : value.Value.ToString();

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
