using System.Collections.Immutable;
using Streams.Core.Aggregates;
using Streams.Core.Expressions;
using Streams.Core.Rules;
using Streams.Core.Values;

namespace Streams.Processors.Tests.Aggregates;

/// <summary>A table of sales and plans over it.</summary>
internal static class Sales
{
    public static readonly TableDescription Table = new(
        "public.sale",
        [new("id", "int8", null), new("status", "text", null), new("amount", "numeric", 2), new("weight", "numeric", null), new("customer", "int4", null), new("at", "timestamptz", null)],
        ["id"], DeferrablePrimaryKey: false, FullReplicaIdentity: false, Published: true);

    public static AggregatePlan Plan(string[] groups, WindowDefinition? window, params (string Name, string Measure)[] measures) => Plan(null, groups, window, measures);

    public static AggregatePlan Plan(string? where, string[] groups, WindowDefinition? window, params (string Name, string Measure)[] measures)
    {
        var definition = new AggregateDefinition(
            "sales", 1, "public.sale", where is null ? null : ExpressionParser.Parse(where),
            [.. groups.Select(name => new NamedExpression(name, ExpressionParser.Parse(name)))], window,
            [.. measures.Select(measure => MeasureDefinition.Parse(measure.Name, measure.Measure))]);
        var source = new SourceDefinition("shop", ["public.sale"]) { Decimals = DecimalEncoding.Text };
        return AggregateBinder.Bind(new StreamsDefinition(source, []) { Aggregates = [definition] }, new DatabaseCatalog("p", [Table]))[0];
    }

    public static WindowDefinition Minutes(int size, int? advance = null, TimeSpan? retain = null) => new(
        advance is null ? WindowKind.Tumbling : WindowKind.Hopping, TimeSpan.FromMinutes(size), TimeSpan.FromMinutes(advance ?? size), ExpressionParser.Parse("at"), TimeSpan.FromMinutes(1), retain);

    public static WindowDefinition Session(TimeSpan gap, TimeSpan? retain = null, string on = "at") => new(
        WindowKind.Session, gap, gap, ExpressionParser.Parse(on), TimeSpan.FromMinutes(1), retain);

    /// <summary>The columns that a plan reads, from a whole row.</summary>
    public static SqlValue[] Project(AggregatePlan plan, ImmutableDictionary<string, SqlValue> row) => [.. plan.Columns.Select(column => row[column.Name])];
}
