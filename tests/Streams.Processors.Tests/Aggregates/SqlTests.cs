using Npgsql;
using Streams.Core.Aggregates;
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
        var rows = Enumerable.Range(1, 300).Select(id => (Id: (long)id, Row: SaleTable.RandomRow(id, random))).ToList();
        await using var source = NpgsqlDataSource.Create(await postgres.CreateDatabaseAsync(Unique.Name("sql")));
        await SaleTable.FillAsync(source, rows.Select(row => row.Row));

        foreach (var plan in Plans())
        {
            var expected = await SaleTable.SelectAsync(source, plan);
            var actual = Oracle.Aggregate(plan, rows).Select(cell => string.Join("|", [KeyOf(plan, cell.Key), .. plan.Measures.Zip(cell.Value, SaleTable.TextOf)]).TrimStart('|'));
            Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
        }
    }

    private static IEnumerable<AggregatePlan> Plans() =>
    [
        Sales.Plan(["status"], null, ("n", "count"), ("paid", "count(amount)"), ("total", "sum(amount)"), ("mean", "avg(amount)"), ("load", "sum(weight)"), ("mean_load", "avg(weight)"), ("customers", "avg(customer)")),
        Sales.Plan("amount between -3 and 3.5 and not (status in ('new', 'sent')) or customer = 2", [], Sales.Minutes(3, 1), ("n", "count"), ("total", "sum(amount * customer - 1.5)")),
        Sales.Plan("coalesce(amount, 0) > -4 and at is not null", ["customer"], Sales.Minutes(1), ("low", "min(amount)"), ("last", "max(at)"), ("best", "top(3, amount)"), ("kinds", "count(distinct status)")),
        Sales.Plan([], null, ("odd", "count(distinct (customer - 3) % 2)"), ("rest", "sum((id * 3 - 400) % -7)"), ("least", "min(customer % 3)"), ("signed", "sum(case when status = 'paid' then amount when status is null then -amount else 0 end)"), ("days", "count(distinct date_trunc('hour', at))")),
    ];

    private static string KeyOf(AggregatePlan plan, Cell cell)
    {
        var (groups, start) = cell.Read(plan);
        return string.Join("|", [.. groups.Select(group => $"{group}"), .. start is { } at ? [$"{at}"] : Array.Empty<string>()]);
    }
}
