using Streams.Core.Aggregates;
using Streams.Core.Rules;

namespace Streams.Configuration;

/// <summary>Mistakes that show between the entries of one file.</summary>
internal static class DefinitionAudit
{
    public static IEnumerable<RuleMistake> Check(StreamsDefinition definition) =>
    [
        .. Duplicates(definition),
        .. definition.Rules.SelectMany(rule => Alone(rule, definition.Source)),
        .. Collisions(definition),
        .. Aggregates(definition),
    ];

    private static IEnumerable<RuleMistake> Aggregates(StreamsDefinition definition) =>
    [
        .. from aggregate in definition.Aggregates
           where !definition.Source.Tables.Contains(aggregate.Table)
           select new RuleMistake(RuleErrors.TableNotCaptured, aggregate.Line, $"Aggregate '{aggregate.Name}' is on '{aggregate.Table}'."),
        .. from sameName in definition.Aggregates.GroupBy(aggregate => aggregate.Name)
           from later in sameName.Skip(1)
           select new RuleMistake(AggregateErrors.DuplicateName, later.Line, $"'{later.Name}' is also on line {sameName.First().Line}."),
    ];

    private static IEnumerable<RuleMistake> Duplicates(StreamsDefinition definition) =>
        from sameName in definition.Rules.GroupBy(rule => rule.Name)
        from later in sameName.Skip(1)
        select new RuleMistake(RuleErrors.DuplicateRule, later.Line, $"'{later.Name}' is also on line {sameName.First().Line}.");

    private static IEnumerable<RuleMistake> Alone(CacheRule rule, SourceDefinition source)
    {
        if (rule.Keys.IsEmpty && rule.Patterns.IsEmpty)
        {
            yield return new RuleMistake(RuleErrors.NoTargets, rule.Line, $"Rule '{rule.Name}'.");
        }

        if (rule.Strategy == InvalidationStrategy.Refresh && rule.Query is null)
        {
            yield return new RuleMistake(RuleErrors.RefreshWithoutQuery, rule.Line, $"Rule '{rule.Name}' has strategy: refresh and no query:.");
        }

        if (!source.Tables.Contains(rule.Table))
        {
            yield return new RuleMistake(RuleErrors.TableNotCaptured, rule.Line, $"Rule '{rule.Name}' is on '{rule.Table}'.");
        }
    }

    /// <summary>
    /// Templates of one family name the same kind of value (<c>order:{id}</c>, <c>order:{order_id}</c>), which is meant. Two different families
    /// where one matches the other's keys are not: a value of one kind would be taken for the other. Columns cannot hold a <c>:</c> (it is
    /// encoded), so families are compared segment by segment.
    /// </summary>
    private static IEnumerable<RuleMistake> Collisions(StreamsDefinition definition)
    {
        var templates = definition.Rules
            .SelectMany(rule => rule.Keys.Select(key => (Rule: rule, Template: key)))
            .GroupBy(pair => pair.Template.Family, StringComparer.Ordinal)
            .Select(family => family.First())
            .ToList();
        return
            from first in templates
            from second in templates
            where string.CompareOrdinal(first.Template.Family, second.Template.Family) < 0
            where Overlap(first.Template.Family.Split(':'), second.Template.Family.Split(':'))
            select new RuleMistake(
                RuleErrors.CollidingTemplates, Math.Max(first.Rule.Line, second.Rule.Line), $"'{first.Template}' of rule '{first.Rule.Name}' and '{second.Template}' of rule '{second.Rule.Name}'.");
    }

    private static bool Overlap(string[] first, string[] second) =>
        first.Length == second.Length && first.Zip(second).All(pair => MayEqual(pair.First, pair.Second));

    private static bool MayEqual(string first, string second)
    {
        if (!first.Contains('*', StringComparison.Ordinal) && !second.Contains('*', StringComparison.Ordinal))
        {
            return first == second;
        }

        var (a, b) = (Affixes(first), Affixes(second));
        return (a.Prefix.StartsWith(b.Prefix, StringComparison.Ordinal) || b.Prefix.StartsWith(a.Prefix, StringComparison.Ordinal))
            && (a.Suffix.EndsWith(b.Suffix, StringComparison.Ordinal) || b.Suffix.EndsWith(a.Suffix, StringComparison.Ordinal));
    }

    private static (string Prefix, string Suffix) Affixes(string segment)
    {
        var first = segment.IndexOf('*', StringComparison.Ordinal);
        return first < 0 ? (segment, segment) : (segment[..first], segment[(segment.LastIndexOf('*') + 1)..]);
    }
}
