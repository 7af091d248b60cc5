using System.Collections.Immutable;

namespace Streams.Core.Rules;

/// <summary>Checks a definition against a database: what would make an invalidation be missed is a mistake at start, not a stale value later.</summary>
public static class RuleAudit
{
    /// <summary>Types whose text in the change stream can be given exactly as Postgres casts it to text.</summary>
    public static readonly ImmutableHashSet<string> TemplateTypes =
        ["int2", "int4", "int8", "text", "varchar", "bpchar", "uuid", "bool", "numeric", "date", "timestamp", "timestamptz", "name"];

    /// <summary>Every mistake of the definition against this catalogue.</summary>
    public static ImmutableArray<RuleMistake> Check(StreamsDefinition definition, DatabaseCatalog catalog) =>
    [
        .. definition.Source.Tables.SelectMany(table => CheckTable(table, catalog)),
        .. definition.Rules.SelectMany(rule => CheckRule(rule, catalog)).Distinct(),
    ];

    private static IEnumerable<RuleMistake> CheckTable(string name, DatabaseCatalog catalog)
    {
        if (catalog.Find(name) is not { } table)
        {
            yield return new RuleMistake(RuleErrors.UnknownTable, 0, $"source.tables names '{name}'.");
            yield break;
        }

        if (table.PrimaryKey.IsEmpty)
        {
            yield return new RuleMistake(RuleErrors.NoPrimaryKey, 0, $"'{name}'.", $"ALTER TABLE {name} ADD PRIMARY KEY (…);");
        }

        if (table.DeferrablePrimaryKey)
        {
            yield return new RuleMistake(RuleErrors.DeferrablePrimaryKey, 0, $"'{name}'.");
        }

        if (!table.Published)
        {
            yield return new RuleMistake(
                RuleErrors.NotPublished, 0, $"'{name}' is not in {catalog.Publication}.", $"ALTER PUBLICATION {catalog.Publication} ADD TABLE {name};");
        }
    }

    private static IEnumerable<RuleMistake> CheckRule(CacheRule rule, DatabaseCatalog catalog)
    {
        if (catalog.Find(rule.Table) is not { } table)
        {
            yield return new RuleMistake(RuleErrors.UnknownTable, rule.Line, $"Rule '{rule.Name}' is on '{rule.Table}'.");
            yield break;
        }

        foreach (var name in rule.WhenColumns.Where(name => table.Column(name) is null))
        {
            yield return new RuleMistake(RuleErrors.UnknownColumn, rule.Line, $"'{name}' in when: of rule '{rule.Name}' ({rule.Table}).");
        }

        foreach (var template in rule.Keys.Concat(rule.Patterns))
        {
            foreach (var name in template.Columns)
            {
                if (CheckColumn(rule, template, name, table) is { } mistake)
                {
                    yield return mistake;
                }
            }
        }
    }

    private static RuleMistake? CheckColumn(CacheRule rule, KeyTemplate template, string name, TableDescription table)
    {
        var place = $"'{name}' in '{template}' of rule '{rule.Name}' ({rule.Table})";
        if (table.Column(name) is not { } column)
        {
            return new RuleMistake(RuleErrors.UnknownColumn, rule.Line, $"{place}.");
        }

        if (!TemplateTypes.Contains(column.Type))
        {
            return new RuleMistake(RuleErrors.UnsupportedType, rule.Line, $"{place} is {column.Type}.");
        }

        return table.PrimaryKey.Contains(name) || table.FullReplicaIdentity
            ? null
            : new RuleMistake(RuleErrors.ReplicaIdentity, rule.Line, $"{place} is not in the primary key.", $"ALTER TABLE {table.Name} REPLICA IDENTITY FULL;");
    }
}
