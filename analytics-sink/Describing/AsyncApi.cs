using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Streams.AnalyticsSink.Describing;

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
          {{topic.Name}}:
            address: {{topic.Topic}}
            description: {{Quote(topic.Description)}}
            servers: [{ $ref: '#/servers/kafka' }]
            messages:
              row:
                name: {{topic.Name}}
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
                partitions: {{topic.Partitions.ToString(CultureInfo.InvariantCulture)}}
                topicConfiguration: { {{topic.Configuration}} }
                bindingVersion: {{Bindings}}
        """;

    private static string Operation(DescribedTopic topic) => $$"""
          publish_{{topic.Name}}:
            action: send
            summary: {{Quote(topic.Summary)}}
            channel: { $ref: '#/channels/{{topic.Name}}' }
            messages: [{ $ref: '#/channels/{{topic.Name}}/messages/row' }]
        """;

    private static string OneLine(string json) => JsonNode.Parse(json)!.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
