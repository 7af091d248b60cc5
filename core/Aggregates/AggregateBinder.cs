using System.Collections.Immutable;
using Streams.Core.Expressions;
using Streams.Core.Rules;
using Streams.Core.Values;

namespace Streams.Core.Aggregates;

/// <summary>Binds aggregates to the database; what could not equal SQL is refused here, with its line.</summary>
public static class AggregateBinder
{
    /// <summary>Binds every aggregate of a definition.</summary>
    /// <exception cref="RuleMistakesException">All that is wrong.</exception>
    public static ImmutableArray<AggregatePlan> Bind(StreamsDefinition definition, DatabaseCatalog catalog)
    {
        var mistakes = new List<RuleMistake>();
        var plans = definition.Aggregates.Select(aggregate => Bind(aggregate, definition.Source.Decimals, catalog, mistakes)).ToList();
        return mistakes.Count == 0 ? [.. plans.OfType<AggregatePlan>()] : throw new RuleMistakesException("streams.yaml", [.. mistakes]);
    }

    private static AggregatePlan? Bind(AggregateDefinition aggregate, DecimalEncoding decimals, DatabaseCatalog catalog, List<RuleMistake> mistakes)
    {
        var place = $"Aggregate '{aggregate.Name}'";
        if (catalog.Find(aggregate.Table) is not { } table)
        {
            mistakes.Add(new RuleMistake(RuleErrors.UnknownTable, aggregate.Line, $"{place} is on '{aggregate.Table}'."));
            return null;
        }

        if (table.PrimaryKey.IsEmpty || table.DeferrablePrimaryKey || table.PrimaryKey.Any(name => SqlType.Of(table.Column(name)!.Type, null).Kind == SqlKind.Opaque))
        {
            mistakes.Add(new RuleMistake(AggregateErrors.NoKey, aggregate.Line, $"{place} is on '{aggregate.Table}'."));
            return null;
        }

        try
        {
            var plan = Bind(aggregate, table);
            if (decimals == DecimalEncoding.Precise && plan.Columns.FirstOrDefault(column => column.Type == "numeric") is { } column)
            {
                mistakes.Add(new RuleMistake(AggregateErrors.DecimalsNotExact, aggregate.Line, $"{place} reads '{column.Name}'."));
            }

            return plan;
        }
        catch (ExpressionException exception)
        {
            mistakes.Add(new RuleMistake(AggregateErrors.BadExpression, aggregate.Line, $"{place}: {exception.Message}"));
        }
        catch (NotExactException exception)
        {
            mistakes.Add(new RuleMistake(AggregateErrors.NotExact, aggregate.Line, $"{place}: {exception.Message}"));
        }

        return null;
    }

    private static AggregatePlan Bind(AggregateDefinition aggregate, TableDescription table)
    {
        var binder = new ExpressionBinder(table);
        var where = aggregate.Where is { } condition ? binder.Truth(condition) : null;
        var groups = aggregate.GroupBy.Select(group => Group(group, binder)).ToImmutableArray();
        var on = aggregate.Window is { } window ? Instant(binder.Bind(window.On)) : null;
        var measures = aggregate.Measures.Select(measure => Bind(measure, binder)).ToImmutableArray();
        return new AggregatePlan(aggregate, table, binder.Columns, where, groups, on, measures);
    }

    private static NamedExpression Group(NamedExpression group, ExpressionBinder binder)
    {
        var bound = binder.Bind(group.Expression);
        return bound.Type.Kind == SqlKind.Opaque
            ? throw new NotExactException($"groupBy {group.Name} is {bound.Type.Name}, whose values are not compared exactly.")
            : group with { Expression = bound };
    }

    private static Expression Instant(Expression on) =>
        on.Type.IsTime ? on : throw new ExpressionException($"the window is on {on.Sql}, which is {on.Type.Name} and not timestamp, timestamptz or date.");

    private static Measure Bind(MeasureDefinition measure, ExpressionBinder binder)
    {
        var argument = measure.Argument is { } declared ? binder.Bind(declared) : null;
        return new Measure(measure.Name, measure.Kind, argument, measure.Limit, TypeOf(measure, argument?.Type ?? SqlType.Boolean));
    }

    private static SqlType TypeOf(MeasureDefinition measure, SqlType argument)
    {
        switch (measure.Kind)
        {
            case MeasureKind.Count:
                return SqlType.BigInt;
            case MeasureKind.CountDistinct:
                return argument.Kind == SqlKind.Opaque ? throw NotExact("whose values are not compared exactly") : SqlType.BigInt;
            case MeasureKind.Sum or MeasureKind.Average when !argument.IsNumber:
                throw NotExact(argument.Name is "float4" or "float8" ? "and sums of floating point depend on the order of the rows" : "and not integer or numeric");
            case MeasureKind.Sum:
                // As Postgres: sum(integer) is bigint, sum(bigint) is numeric.
                return argument.Name is "int2" or "int4" ? SqlType.BigInt : SqlType.Numeric with { Scale = argument.Kind == SqlKind.Integer ? 0 : argument.Scale };
            case MeasureKind.Average:
                return SqlType.Numeric;
            default:
                return argument.IsOrdered ? argument : throw NotExact("whose order depends on more than the value (a collation)");
        }

        NotExactException NotExact(string why) => new($"{measure.Name}: {measure.Argument!.Sql} is {argument.Name}, {why}.");
    }

    private sealed class NotExactException(string message) : Exception(message);
}
