using System.Collections.Immutable;
using System.Text.Json;
using Npgsql;
using Streams.Core.Aggregates;
using Streams.Core.Values;
using Streams.Fixtures;
using Streams.Processors.Aggregates;

namespace Streams.Processors.Tests.Aggregates;

/// <summary>What the simulation takes for SQL's answer is Postgres' own, to the last digit.</summary>
public sealed class SqlTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Given_random_rows_When_aggregated_here_and_in_Postgres_Then_every_text_is_the_same(int seed)
    {
        var random = new Random(seed);
        var rows = Enumerable.Range(1, 300).Select(id => (Id: (long)id, Row: RandomRow(id, random))).ToList();
        await using var source = NpgsqlDataSource.Create(await postgres.CreateDatabaseAsync(Unique.Name("sql")));
        await FillAsync(source, rows.Select(row => row.Row));

        foreach (var plan in Plans())
        {
            var expected = await SelectAsync(source, plan);
            var actual = Oracle.Aggregate(plan, rows).ToDictionary(cell => KeyOf(plan, cell.Key), cell => Texts(plan, cell.Value));
            Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
            Assert.All(expected, group => Assert.True(group.Value.SequenceEqual(actual[group.Key]), $"seed {seed}, {group.Key}: SQL {string.Join(" ", group.Value)}, here {string.Join(" ", actual[group.Key])}"));
        }
    }

    private static IEnumerable<AggregatePlan> Plans() =>
    [
        Sales.Plan(["status"], null, ("n", "count"), ("paid", "count(amount)"), ("total", "sum(amount)"), ("mean", "avg(amount)"), ("load", "sum(weight)"), ("mean_load", "avg(weight)"), ("customers", "avg(customer)")),
        Sales.Plan("amount between -3 and 3.5 and not (status in ('new', 'sent')) or customer = 2", [], Sales.Minutes(3, 1), ("n", "count"), ("total", "sum(amount * customer - 1.5)")),
        Sales.Plan("coalesce(amount, 0) > -4 and at is not null", ["customer"], Sales.Minutes(1), ("low", "min(amount)"), ("last", "max(at)"), ("best", "top(3, amount)"), ("kinds", "count(distinct status)")),
        Sales.Plan([], null, ("odd", "count(distinct (customer - 3) % 2)"), ("rest", "sum((id * 3 - 400) % -7)"), ("least", "min(customer % 3)"), ("signed", "sum(case when status = 'paid' then amount when status is null then -amount else 0 end)"), ("days", "count(distinct date_trunc('hour', at))")),
    ];

    private static ImmutableDictionary<string, SqlValue> RandomRow(int id, Random random) => ImmutableDictionary.CreateRange(new Dictionary<string, SqlValue>
    {
        ["id"] = SqlValue.Of(id),
        ["status"] = random.Next(5) == 0 ? SqlValue.Null : SqlValue.Of(new[] { "new", "paid", "sent", "it's" }[random.Next(4)]),
        ["amount"] = random.Next(6) == 0 ? SqlValue.Null : SqlValue.Of(new PgNumeric(random.Next(-500, 500), 2)),
        ["weight"] = SqlValue.Of(random.Next(40) == 0 ? PgNumeric.NaN : new PgNumeric(new System.Numerics.BigInteger(random.NextInt64(-1_000_000_000, 1_000_000_000)) * random.Next(1, 100_000), random.Next(0, 24))),
        ["customer"] = SqlValue.Of(random.Next(5)),
        ["at"] = random.Next(10) == 0 ? SqlValue.Null : SqlValue.Time(SqlKind.TimestampTz, random.NextInt64(-600_000_000, 600_000_000)),
    });

    private static async Task FillAsync(NpgsqlDataSource source, IEnumerable<ImmutableDictionary<string, SqlValue>> rows)
    {
        await ExecuteAsync(source, "CREATE TABLE public.sale (id bigint PRIMARY KEY, status text, amount numeric(12,2), weight numeric, customer integer, at timestamptz)");
        foreach (var row in rows)
        {
            var values = Sales.Table.Columns.Select(column => row[column.Name].ToText() is { } text ? $"'{text.Replace("'", "''", StringComparison.Ordinal)}'" : "NULL");
            await ExecuteAsync(source, $"INSERT INTO public.sale VALUES ({string.Join(", ", values)})");
        }
    }

    private static async Task<Dictionary<string, string[]>> SelectAsync(NpgsqlDataSource source, AggregatePlan plan)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var zone = new NpgsqlCommand("SET TIME ZONE 'UTC'", connection);
        await zone.ExecuteNonQueryAsync();
        await using var command = new NpgsqlCommand(AggregateSql.Select(plan), connection);
        await using var reader = await command.ExecuteReaderAsync();
        var found = new Dictionary<string, string[]>();
        var keys = plan.Groups.Length + (plan.Window is null ? 0 : 1);
        while (await reader.ReadAsync())
        {
            var texts = Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "NULL" : reader.GetString(i)).ToArray();
            found[string.Join("|", texts.Take(keys))] = texts[keys..];
        }

        return found;
    }

    private static string KeyOf(AggregatePlan plan, Cell cell)
    {
        var (groups, start) = cell.Read(plan);
        return string.Join("|", [.. groups.Select(group => $"{group}"), .. start is { } at ? [$"{at}"] : Array.Empty<string>()]);
    }

    private static string[] Texts(AggregatePlan plan, ImmutableArray<MeasureValue> measures) =>
        [.. plan.Measures.Zip(measures, (measure, value) => measure.Kind == MeasureKind.Top ? JsonSerializer.Serialize(value.Top.Select(entry => new[] { entry.Value.ToText(), entry.Key })) : value.Value.ToString())];

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
