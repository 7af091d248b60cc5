using System.Collections.Immutable;
using Streams.Core.Errors;
using Streams.Core.Rules;
using Streams.Debezium;

namespace Streams.Processors;

/// <summary>Outcome of one test beside a rule.</summary>
/// <param name="Rule">Name of the rule.</param>
/// <param name="Test">The test.</param>
/// <param name="Missing">Expected, but not invalidated.</param>
/// <param name="Unexpected">Invalidated, but not expected.</param>
/// <param name="Error">Why the change could not be processed, if so.</param>
public sealed record RuleTestResult(
    string Rule, RuleTest Test, ImmutableArray<string> Missing, ImmutableArray<string> Unexpected, string? Error)
{
    /// <summary>Whether exactly the expected targets were invalidated.</summary>
    public bool Passed => Error is null && Missing.IsEmpty && Unexpected.IsEmpty;
}

/// <summary>Runs the tests that stand beside rules. Pure: no database, columns are taken as the text that the test gives.</summary>
public static class RuleTestRunner
{
    /// <summary>Runs all tests of a definition, each against its own rule alone.</summary>
    public static ImmutableArray<RuleTestResult> Run(StreamsDefinition definition) =>
        [.. definition.Rules.SelectMany(rule => rule.Tests.Select(test => Run(rule, test)))];

    private static RuleTestResult Run(CacheRule rule, RuleTest test)
    {
        var alone = new StreamsDefinition(new SourceDefinition("test", [rule.Table]), [rule]);
        try
        {
            var targets = new Normalizer(alone, CatalogOf(rule)).Normalize(Change(rule, test)).Select(draft => draft.Target).ToHashSet(StringComparer.Ordinal);
            return new RuleTestResult(
                rule.Name, test, [.. test.Expect.Where(target => !targets.Contains(target))], [.. targets.Except(test.Expect, StringComparer.Ordinal)], null);
        }
        catch (StreamsException exception)
        {
            return new RuleTestResult(rule.Name, test, test.Expect, [], exception.Message);
        }
    }

    private static ChangeEvent Change(CacheRule rule, RuleTest test)
    {
        var dot = rule.Table.IndexOf('.', StringComparison.Ordinal);
        var operation = test.Operation switch
        {
            "c" => ChangeOperation.Create,
            "u" => ChangeOperation.Update,
            "d" => ChangeOperation.Delete,
            "r" => ChangeOperation.Read,
            _ => ChangeOperation.Truncate,
        };
        return new ChangeEvent(
            operation, Row(test.Before), Row(test.After), new ChangeSource(rule.Table[..dot], rule.Table[(dot + 1)..], 1, null, 0, IsSnapshot: false));
    }

    private static TextRowImage? Row(ImmutableDictionary<string, string?>? columns) => columns is null ? null : new TextRowImage(columns);

    private static DatabaseCatalog CatalogOf(CacheRule rule)
    {
        var columns = rule.Keys.Concat(rule.Patterns).SelectMany(template => template.Columns).Distinct(StringComparer.Ordinal);
        return new DatabaseCatalog(
            "test", [new TableDescription(rule.Table, [.. columns.Select(name => new ColumnDescription(name, "text", null))], [], false, FullReplicaIdentity: true, Published: true)]);
    }
}
