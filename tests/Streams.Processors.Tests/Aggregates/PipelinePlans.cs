using Streams.Core.Aggregates;

namespace Streams.Processors.Tests.Aggregates;

/// <summary>Aggregates that the simulation computes.</summary>
internal static class PipelinePlans
{
    public static IReadOnlyList<string> Names { get; } =
        ["sums", "windows", "extremes", "distinct", "all", "sessions", "sessions with everything", "sessions of all rows", "sessions of few rows"];

    public static AggregatePlan Of(string name) => name switch
    {
        "sums" => Sales.Plan("status <> 'sent' or status is null", ["status"], null, ("n", "count"), ("paid", "count(amount)"), ("total", "sum(amount)"), ("mean", "avg(amount)"), ("load", "sum(weight)"), ("mean_load", "avg(weight)")),
        "windows" => Sales.Plan([], Sales.Minutes(2, 1), ("n", "count"), ("total", "sum(amount * customer)")),
        "extremes" => Sales.Plan(["status"], null, ("low", "min(amount)"), ("high", "max(weight)"), ("best", "top(2, amount)"), ("last", "max(at)")),
        "distinct" => Sales.Plan(["status"], null, ("customers", "count(distinct customer)"), ("weights", "count(distinct weight)")),
        "sessions" => Sales.Plan(["customer"], Sales.Session(TimeSpan.FromSeconds(45)), ("n", "count"), ("total", "sum(amount)"), ("until", "max(at)")),
        "sessions with everything" => Sales.Plan(["status"], Sales.Session(TimeSpan.FromSeconds(100)), ("n", "count"), ("mean", "avg(weight)"), ("customers", "count(distinct customer)"), ("kinds", "count(distinct weight)"), ("best", "top(2, amount)"), ("until", "max(at)")),
        "sessions of all rows" => Sales.Plan("amount > 0", [], Sales.Session(TimeSpan.FromSeconds(44)), ("n", "count"), ("customers", "count(distinct customer)"), ("until", "max(at)")),
        "sessions of few rows" => Sales.Plan(["customer", "status"], Sales.Session(TimeSpan.FromSeconds(45)), ("n", "count"), ("until", "max(at)")),
        _ => Sales.Plan(["customer"], Sales.Minutes(1), ("n", "count"), ("total", "sum(amount)"), ("customers", "count(distinct status)"), ("best", "top(1, amount)"), ("least", "min(weight)")),
    };
}
