using Streams.Core.Rules;

namespace Streams.Processors;

/// <summary>
/// The heartbeat row travels the whole path like any row: Debezium's <c>heartbeat.action.query</c> updates it, its key is invalidated, and staleness is
/// known even when nothing else changes.
/// </summary>
public static class HeartbeatRule
{
    /// <summary>Table of the heartbeat.</summary>
    public const string Table = "streams.heartbeat";

    private static readonly CacheRule Rule = new(
        "streams-heartbeat", 0, Table, [KeyTemplate.Parse("streams:heartbeat:{id}")], [], InvalidationStrategy.Unlink, TimeSpan.FromHours(1), [], null);

    /// <summary>The definition with the heartbeat's rule and table.</summary>
    public static StreamsDefinition WithHeartbeat(this StreamsDefinition definition) => definition with
    {
        Source = definition.Source with { Tables = definition.Source.Tables.Contains(Table) ? definition.Source.Tables : definition.Source.Tables.Add(Table) },
        Rules = definition.Rules.Add(Rule),
    };
}
