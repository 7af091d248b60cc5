using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Streams.AnalyticsSink.Shapes;

namespace Streams.AnalyticsSink.Describing;

/// <summary>An aggregate's topic.</summary>
/// <param name="Shape">What it publishes.</param>
/// <param name="Topic">Name.</param>
/// <param name="KeySchema">Avro schema of keys.</param>
/// <param name="ValueSchema">Avro schema of values.</param>
public sealed record DescribedTopic(AggregateShape Shape, string Topic, string KeySchema, string ValueSchema);

/// <summary>
/// The topics of the aggregates as AsyncAPI 3.1 with Kafka bindings 0.5.0 (https://www.asyncapi.com/docs/reference/specification/v3.1.0). Schemas
/// stand in it as JSON, which YAML includes.
/// </summary>
public static class AsyncApi
{
    private const string Bindings = "0.5.0";

    /// <summary>Writes the document.</summary>
    /// <param name="bootstrapServers">Kafka.</param>
    /// <param name="registryUrl">Schema registry.</param>
    /// <param name="topics">Topics.</param>
    public static string Yaml(string bootstrapServers, string registryUrl, IReadOnlyCollection<DescribedTopic> topics)
    {
        var text = new StringBuilder($$"""
            asyncapi: 3.1.0
            info:
              title: Aggregates
              version: v1
              description: Rows of the aggregates of streams.yaml. Accept a row if its version (streams_epoch, streams_revision, streams_final) is above what is held for its key; streams_empty says that the group is gone.
              license: { name: Apache-2.0 }
            defaultContentType: application/vnd.apache.avro
            servers:
              kafka:
                host: {{Quote(bootstrapServers)}}
                protocol: kafka
                bindings:
                  kafka: { schemaRegistryUrl: {{Quote(registryUrl)}}, schemaRegistryVendor: confluent, bindingVersion: {{Bindings}} }

            """);
        Section(text, "channels", topics, Channel);
        Section(text, "operations", topics, Operation);
        return text.ToString();
    }

    private static void Section(StringBuilder text, string name, IReadOnlyCollection<DescribedTopic> topics, Func<DescribedTopic, string> write)
    {
        text.Append(CultureInfo.InvariantCulture, $"{name}:{(topics.Count == 0 ? " {}" : "")}\n");
        foreach (var topic in topics)
        {
            text.Append(write(topic)).Append('\n');
        }
    }

    private static string Channel(DescribedTopic topic) => $$"""
          {{topic.Shape.Name}}:
            address: {{topic.Topic}}
            description: {{Quote(Describe(topic.Shape))}}
            servers: [{ $ref: '#/servers/kafka' }]
            messages:
              row:
                name: {{topic.Shape.Name}}
                contentType: application/vnd.apache.avro
                payload:
                  schemaFormat: application/vnd.apache.avro+json;version=1.9.0
                  schema: {{OneLine(topic.ValueSchema)}}
                bindings:
                  kafka:
                    key: {{OneLine(topic.KeySchema)}}
                    schemaIdLocation: payload
                    schemaIdPayloadEncoding: confluent
                    schemaLookupStrategy: TopicNameStrategy
                    bindingVersion: {{Bindings}}
            bindings:
              kafka:
                topic: {{topic.Topic}}
                partitions: {{topic.Shape.Partitions.ToString(CultureInfo.InvariantCulture)}}
                topicConfiguration: { cleanup.policy: [compact] }
                bindingVersion: {{Bindings}}
        """;

    private static string Operation(DescribedTopic topic) => $$"""
          publish_{{topic.Shape.Name}}:
            action: send
            summary: {{Quote($"Rows of {topic.Shape.Name} as they change")}}
            channel: { $ref: '#/channels/{{topic.Shape.Name}}' }
            messages: [{ $ref: '#/channels/{{topic.Shape.Name}}/messages/row' }]
        """;

    private static string Describe(AggregateShape shape)
    {
        var measures = shape.Measures.Select(measure => $"{measure.Meaning} AS {measure.Name}");
        var groups = shape.Groups.Select(group => group.Meaning).Concat(shape.Window is { } window ? [$"{window.Kind} window of {window.Size} on {window.On}"] : []).ToList();
        return $"SELECT {Sql.List(measures)} FROM {shape.Source}{(shape.Where is { } where ? $" WHERE {where}" : "")}{(groups.Count > 0 ? $" GROUP BY {Sql.List(groups)}" : "")}";
    }

    private static string OneLine(string json) => JsonNode.Parse(json)!.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
