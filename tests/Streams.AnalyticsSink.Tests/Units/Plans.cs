using Streams.AnalyticsSink.Shapes;
using Streams.Configuration;
using Streams.Core.Aggregates;
using Streams.Core.Rules;

namespace Streams.AnalyticsSink.Tests.Units;

/// <summary>Aggregates over one table, bound without a database.</summary>
internal static class Plans
{
    private static readonly DatabaseCatalog Catalog = new("p",
    [
        new TableDescription(
            "public.sale",
            [new("id", "int8", null), new("status", "text", null), new("store", "uuid", null), new("amount", "numeric", 2), new("at", "timestamptz", null), new("day", "date", null), new("paid", "bool", null)],
            ["id"], false, false, true),
    ]);

    public static AggregateShape Sales { get; } = Shape("""
        name: sales
            table: public.sale
            where: amount > 0
            groupBy: [status, "day as Day"]
            window: { type: tumbling, size: 1h, on: at, grace: 10m, retain: 30d }
            measures: { sales: count, revenue: sum(amount), best: "top(3, amount)" }
        """);

    public static AggregateShape Total { get; } = Shape("""
        name: total
            table: public.sale
            measures: { sales: count }
        """);

    public static AggregateShape Shape(string declaration) => AggregateShape.Of(Plan(declaration));

    public static AggregatePlan Plan(string declaration) => Assert.Single(AggregateBinder.Bind(
        StreamsFile.Parse($"source: {{ prefix: t, decimals: string, tables: [public.sale] }}\naggregates:\n  - {declaration}\n"), Catalog));
}
