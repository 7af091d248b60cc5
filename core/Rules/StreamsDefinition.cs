using System.Collections.Immutable;
using Streams.Core.Aggregates;

namespace Streams.Core.Rules;

/// <summary>What <c>streams.yaml</c> declares, compiled: templates parsed, names checked against each other (not yet against a database).</summary>
public sealed record StreamsDefinition(SourceDefinition Source, ImmutableArray<CacheRule> Rules)
{
    /// <summary>Declared aggregates.</summary>
    public ImmutableArray<AggregateDefinition> Aggregates { get; init; } = [];

    /// <summary>The rule of that name.</summary>
    /// <exception cref="KeyNotFoundException">No rule has that name.</exception>
    public CacheRule Rule(string name) =>
        Rules.FirstOrDefault(rule => rule.Name == name) ?? throw new KeyNotFoundException($"streams.yaml has no rule '{name}'.");
}

/// <summary>Where changes come from.</summary>
/// <param name="Prefix">Debezium's <c>topic.prefix</c>.</param>
/// <param name="Tables">Captured tables as <c>schema.table</c>.</param>
public sealed record SourceDefinition(string Prefix, ImmutableArray<string> Tables)
{
    /// <value>The connector's <c>decimal.handling.mode</c>. Default <see cref="DecimalEncoding.Precise"/>, which is Debezium's.</value>
    public DecimalEncoding Decimals { get; init; }
}

/// <summary>How numeric columns are sent.</summary>
public enum DecimalEncoding
{
    /// <summary><c>precise</c>: bytes. NaN and the infinities become NULL, and a NOT NULL column that holds one stops the connector.</summary>
    Precise,

    /// <summary><c>string</c>: every value as text.</summary>
    Text,
}

/// <summary>One cache rule: a change of a row of <see cref="Table"/> invalidates the targets that its templates give.</summary>
/// <param name="Name">Unique in the file.</param>
/// <param name="Line">1-based line in the file, for error messages.</param>
/// <param name="Table"><c>schema.table</c>.</param>
/// <param name="Keys">Templates of cache keys.</param>
/// <param name="Patterns">Templates of tags (they contain <c>*</c>).</param>
/// <param name="Strategy">What happens to a value that is older than the change.</param>
/// <param name="TimeToLive">Backstop of a filled value, before jitter; 24 h if not declared.</param>
/// <param name="WhenColumns">If not empty, updates that change none of these columns are skipped.</param>
/// <param name="Query">SQL that reads the payload of a key (one row, one column of text or json); its parameters are the template's columns as <c>@column</c>. Needed for <see cref="InvalidationStrategy.Refresh"/>; the API reads by it too.</param>
public sealed record CacheRule(
    string Name,
    int Line,
    string Table,
    ImmutableArray<KeyTemplate> Keys,
    ImmutableArray<KeyTemplate> Patterns,
    InvalidationStrategy Strategy,
    TimeSpan TimeToLive,
    ImmutableArray<string> WhenColumns,
    string? Query)
{
    /// <summary>Tests that stand beside the rule.</summary>
    public ImmutableArray<RuleTest> Tests { get; init; } = [];
}

/// <summary>See docs/design/0001-spine.md and fence.md section 5.</summary>
public enum InvalidationStrategy
{
    /// <summary>Raise the fence and UNLINK.</summary>
    Unlink,

    /// <summary>Raise the fence, UNLINK, then read again and fill.</summary>
    Refresh,
}
