using System.Globalization;
using Streams.AnalyticsSink.Shapes;

namespace Streams.AnalyticsSink.Describing;

/// <summary>A topic of an aggregate, for people and tools.</summary>
/// <param name="Name">Name in the document.</param>
/// <param name="Topic">Name in Kafka.</param>
/// <param name="Description">What a record says.</param>
/// <param name="Summary">What is sent, in a line.</param>
/// <param name="Partitions">Partitions.</param>
/// <param name="Configuration">Settings of the topic, as members of a YAML mapping.</param>
/// <param name="KeySchema">Avro schema of keys.</param>
/// <param name="ValueSchema">Avro schema of values.</param>
public sealed record DescribedTopic(
    string Name, string Topic, string Description, string Summary, int Partitions, string Configuration, string KeySchema, string ValueSchema)
{
    /// <summary>The rows of an aggregate.</summary>
    public static DescribedTopic Rows(AggregateShape shape, string topic, string keySchema, string valueSchema) =>
        new(shape.Name, topic, Select(shape), $"Rows of {shape.Name} as they change", shape.Partitions, "cleanup.policy: [compact]", keySchema, valueSchema);

    /// <summary>The late rows of an aggregate with a window.</summary>
    public static DescribedTopic Late(AggregateShape shape, string topic, TimeSpan retention, string keySchema, string valueSchema) => new(
        $"{shape.Name}_late", topic,
        $"Rows of {shape.Source} that went into a window of {shape.Name}, or out of it, by a change committed after the window's end and grace. They count all the same. A repeat has the same key.",
        $"Late rows of {shape.Name}", shape.Partitions,
        string.Create(CultureInfo.InvariantCulture, $"cleanup.policy: [compact, delete], retention.ms: {retention.TotalMilliseconds:F0}"), keySchema, valueSchema);

    private static string Select(AggregateShape shape)
    {
        var measures = shape.Measures.Select(measure => $"{measure.Meaning} AS {measure.Name}");
        var groups = shape.Groups.Select(group => group.Meaning).Concat(shape.Window is { } window ? [window.IsSession ? $"session with gaps up to {window.Size} on {window.On}" : $"{window.Kind} window of {window.Size} on {window.On}"] : []).ToList();
        return $"SELECT {Sql.List(measures)} FROM {shape.Source}{(shape.Where is { } where ? $" WHERE {where}" : "")}{(groups.Count > 0 ? $" GROUP BY {Sql.List(groups)}" : "")}";
    }
}
