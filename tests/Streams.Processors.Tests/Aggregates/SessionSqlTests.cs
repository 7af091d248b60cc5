using System.Collections.Immutable;
using Npgsql;
using Streams.Core.Aggregates;
using Streams.Core.Values;
using Streams.Fixtures;

namespace Streams.Processors.Tests.Aggregates;

/// <summary>Sessions that went through both stages, with changes of every kind, are what Postgres gives for the statement, to the last digit.</summary>
public sealed class SessionSqlTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const int Rows = 150;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Given_rows_that_come_change_and_go_When_sessions_are_asked_for_in_Postgres_Then_key_end_and_measures_are_the_same(int seed)
    {
        var random = new Random(seed);
        var plans = Plans().Select(plan => (Plan: plan, Pipeline: new Pipeline(plan))).ToList();
        await using var source = NpgsqlDataSource.Create(await postgres.CreateDatabaseAsync(Unique.Name("sessions")));
        var rows = new Dictionary<long, ImmutableDictionary<string, SqlValue>>();
        for (var round = 0; round < 3; round++)
        {
            for (var change = 0; change < Rows; change++)
            {
                var id = random.NextInt64(Rows);
                if (random.Next(4) == 0)
                {
                    rows.Remove(id);
                }
                else
                {
                    rows[id] = SaleTable.RandomRow(id, random);
                }

                plans.ForEach(one => one.Pipeline.Put(id, rows.GetValueOrDefault(id)));
                if (random.Next(20) == 0)
                {
                    plans.ForEach(one => one.Pipeline.Flow());
                }
            }

            await SaleTable.FillAsync(source, rows.Values);
            foreach (var (plan, pipeline) in plans)
            {
                pipeline.Flow();
                Assert.Equal((await SaleTable.SelectAsync(source, plan)).Order(StringComparer.Ordinal), pipeline.Rows.Select(row => TextOf(plan, row)).Order(StringComparer.Ordinal));
            }
        }
    }

    private static IEnumerable<AggregatePlan> Plans() =>
    [
        Sales.Plan(["customer"], Sales.Session(TimeSpan.FromSeconds(20)), ("n", "count"), ("total", "sum(amount)"), ("mean", "avg(weight)"), ("kinds", "count(distinct status)"), ("best", "top(3, amount)"), ("low", "min(amount)"), ("last", "max(at)")),
        Sales.Plan("amount > -3 or amount is null", ["status", "customer"], Sales.Session(TimeSpan.FromMinutes(1)), ("n", "count"), ("paid", "count(amount)"), ("customers", "count(distinct weight)")),
        Sales.Plan([], Sales.Session(TimeSpan.FromMilliseconds(4_500)), ("n", "count"), ("load", "sum(weight)")),
        Sales.Plan([], Sales.Session(TimeSpan.FromMinutes(7), on: "date_trunc('minute', at)"), ("n", "count"), ("until", "max(at)")),
    ];

    private static string TextOf(AggregatePlan plan, AggregateRow row) => string.Join("|",
    [
        .. row.Groups.Select(group => $"{group}"), $"{row.WindowStart}", $"{row.WindowEnd}",
        .. plan.Measures.Zip(row.Measures, SaleTable.TextOf),
    ]);
}
