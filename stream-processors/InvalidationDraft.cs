using System.Collections.Immutable;
using Streams.Core.Rules;
using Streams.Debezium;

namespace Streams.Processors;

/// <summary>Where a raw record stands.</summary>
public readonly record struct SourcePosition(string Topic, int Partition, long Offset);

/// <summary>One key or tag that a change made stale; the host writes it as an <c>InvalidationEvent</c> to the lane of its target.</summary>
/// <param name="Target">Key or tag.</param>
/// <param name="IsTag">Whether the target is a tag.</param>
/// <param name="Rule">Rule that gave it.</param>
/// <param name="Strategy">What happens to older values.</param>
/// <param name="Operation">What happened to the row.</param>
/// <param name="PrimaryKey">Primary key columns as text; empty for TRUNCATE and for what could not be read.</param>
/// <param name="Parameters">Columns that the target was made of.</param>
/// <param name="Source">Table, transaction, times.</param>
public sealed record InvalidationDraft(
    string Target,
    bool IsTag,
    string Rule,
    InvalidationStrategy Strategy,
    ChangeOperation Operation,
    ImmutableDictionary<string, string> PrimaryKey,
    ImmutableDictionary<string, string> Parameters,
    ChangeSource Source);
