using System.Collections.Immutable;
using System.Text;
using Streams.Core.Errors;
using Streams.Core.Rules;
using Streams.Debezium;

namespace Streams.Processors;

/// <summary>
/// Change → what it made stale. Pure. An update invalidates the targets of the row before and of the row after, so that a value which moved from one
/// key or list to another dies in both places; TRUNCATE invalidates the family of every template of the table.
/// </summary>
public sealed class Normalizer
{
    private readonly Dictionary<string, (ImmutableArray<CacheRule> Rules, TableDescription Table)> _byTable;

    /// <summary>Compiles the rules of a definition that has passed <see cref="RuleAudit"/>.</summary>
    public Normalizer(StreamsDefinition definition, DatabaseCatalog catalog) =>
        _byTable = definition.Rules.GroupBy(rule => rule.Table, StringComparer.Ordinal).ToDictionary(
            group => group.Key,
            group => (group.ToImmutableArray(), catalog.Find(group.Key) ?? throw RuleErrors.UnknownTable.With($"'{group.Key}'.")),
            StringComparer.Ordinal);

    /// <summary>What a change made stale; each target once, those of the old row first.</summary>
    /// <exception cref="StreamsException">Poison: STR2003, STR2004, STR2005.</exception>
    public ImmutableArray<InvalidationDraft> Normalize(ChangeEvent change)
    {
        if (change.Operation == ChangeOperation.Message || !_byTable.TryGetValue(change.Source.Entity, out var entry))
        {
            return [];
        }

        return change.Operation == ChangeOperation.Truncate
            ? Broad(change.Source, ChangeOperation.Truncate)
            : [.. entry.Rules.SelectMany(rule => OfRule(rule, entry.Table, change)).DistinctBy(draft => draft.Target)];
    }

    /// <summary>Everything that rows of a table could have made stale: for TRUNCATE and for records that cannot be read. O(1) in the number of keys.</summary>
    public ImmutableArray<InvalidationDraft> Broad(ChangeSource source, ChangeOperation operation)
    {
        if (!_byTable.TryGetValue(source.Entity, out var entry))
        {
            return [];
        }

        return
        [
            .. from rule in entry.Rules
               from template in rule.Keys.Concat(rule.Patterns)
               select new InvalidationDraft(
                   template.Family, IsTag: true, rule.Name, InvalidationStrategy.Unlink, operation,
                   ImmutableDictionary<string, string>.Empty, ImmutableDictionary<string, string>.Empty, source),
        ];
    }

    private static IEnumerable<InvalidationDraft> OfRule(CacheRule rule, TableDescription table, ChangeEvent change)
    {
        if (IsUntouched(rule, table, change))
        {
            yield break;
        }

        foreach (var row in Rows(change))
        {
            var primaryKey = PrimaryKey(table, row);
            foreach (var template in rule.Keys.Concat(rule.Patterns))
            {
                if (Fill(template, row, change, table) is { } filled)
                {
                    yield return new InvalidationDraft(
                        filled.Target, template.IsPattern, rule.Name, template.IsPattern ? InvalidationStrategy.Unlink : rule.Strategy, change.Operation, primaryKey, filled.Columns, change.Source);
                }
            }
        }
    }

    /// <summary>Without the complete old row nothing can be compared (what the replica identity leaves out is null in it): then the change counts.</summary>
    private static bool IsUntouched(CacheRule rule, TableDescription table, ChangeEvent change) =>
        change.Operation == ChangeOperation.Update
        && table.FullReplicaIdentity
        && !rule.WhenColumns.IsEmpty
        && change.Before is { } before
        && rule.WhenColumns.All(column => before.SameValue(change.After!, column));

    private static IEnumerable<IRowImage> Rows(ChangeEvent change) =>
        new[] { change.Before, change.After }.OfType<IRowImage>();

    /// <summary>
    /// Null: the template names a column that is NULL in this row, or this row is the key-only old row of the default replica identity and lacks the
    /// column (the audit has made sure that the column is then in the primary key or the row complete).
    /// </summary>
    private static (string Target, ImmutableDictionary<string, string> Columns)? Fill(
        KeyTemplate template, IRowImage row, ChangeEvent change, TableDescription table)
    {
        var columns = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var target = template.Fill(name =>
        {
            var column = table.Column(name)!;
            // A value stored out of line that did not change is in the other image, if the table sends complete old rows.
            var holder = row.Has(name) || change.Before is not { } before || !before.Has(name) ? row : before;
            var text = holder.Text(column);
            if (text is not null)
            {
                columns[name] = text;
            }

            return text;
        });

        if (target is not null && Encoding.UTF8.GetByteCount(target) > KeyTemplate.MaxTargetBytes)
        {
            throw ChangeErrors.TargetTooLong.With($"Template '{template}' gave {Encoding.UTF8.GetByteCount(target)} bytes.");
        }

        return target is null ? null : (target, columns.ToImmutable());
    }

    private static ImmutableDictionary<string, string> PrimaryKey(TableDescription table, IRowImage row)
    {
        var key = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var name in table.PrimaryKey)
        {
            if (table.Column(name) is { } column && RuleAudit.TemplateTypes.Contains(column.Type) && row.Has(name) && row.Text(column) is { } text)
            {
                key[name] = text;
            }
        }

        return key.ToImmutable();
    }
}
