using System.Text.Json.Serialization;
using Confluent.Kafka;

namespace Confluent.SchemaRegistry;

/// <summary>Language of a schema.</summary>
public enum SchemaType
{
    /// <summary>Avro.</summary>
    Avro,

    /// <summary>Protocol Buffers.</summary>
    Protobuf,

    /// <summary>JSON Schema.</summary>
    Json,
}

/// <summary>A schema's text.</summary>
public class Schema(string schemaString, SchemaType schemaType)
{
    /// <summary>Text.</summary>
    public string SchemaString { get; } = schemaString;

    /// <summary>Language.</summary>
    public SchemaType SchemaType { get; } = schemaType;
}

/// <summary>A schema with its place in the registry.</summary>
public class RegisteredSchema(string subject, int version, int id, string schemaString, SchemaType schemaType) : Schema(schemaString, schemaType)
{
    /// <summary>Subject.</summary>
    public string Subject { get; } = subject;

    /// <summary>Version in the subject.</summary>
    public int Version { get; } = version;

    /// <summary>Id, unique in the registry.</summary>
    public int Id { get; } = id;
}

/// <summary>Settings of the client.</summary>
public class SchemaRegistryConfig
{
    /// <summary>Comma-separated URLs.</summary>
    public string? Url { get; set; }

    /// <summary>Limit of one request in milliseconds. Default 30,000.</summary>
    public int? RequestTimeoutMs { get; set; }

    /// <summary>Schemas kept in memory. Default 1,000.</summary>
    public int? MaxCachedSchemas { get; set; }
}

/// <summary>An error answer of the registry.</summary>
public class SchemaRegistryException(string message, System.Net.HttpStatusCode status, int errorCode)
    : HttpRequestException($"{message}; error code: {errorCode}", null, status)
{
    /// <summary>HTTP status.</summary>
    public System.Net.HttpStatusCode Status { get; } = status;

    /// <summary>The registry's code, such as 40403.</summary>
    public int ErrorCode { get; } = errorCode;
}

/// <summary>How a subject is named.</summary>
public enum SubjectNameStrategy
{
    /// <summary>topic-key, topic-value.</summary>
    Topic,

    /// <summary>Full name of the record.</summary>
    Record,

    /// <summary>topic-record.</summary>
    TopicRecord,
}

/// <summary>Subject names.</summary>
public static class SubjectNameStrategyExtensions
{
    /// <summary>The subject of a message's key or value.</summary>
    public static string ConstructSubjectName(this SubjectNameStrategy strategy, SerializationContext context, string? recordType = null) => strategy switch
    {
        SubjectNameStrategy.Record => recordType!,
        SubjectNameStrategy.TopicRecord => $"{context.Topic}-{recordType}",
        _ => $"{context.Topic}-{(context.Component == MessageComponentType.Key ? "key" : "value")}",
    };
}

internal sealed record SchemaRequest(
    [property: JsonPropertyName("schema")] string Schema,
    [property: JsonPropertyName("schemaType")][property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? SchemaType);

internal sealed record IdResponse([property: JsonPropertyName("id")] int Id);

internal sealed record SchemaResponse(
    [property: JsonPropertyName("schema")] string Schema,
    [property: JsonPropertyName("schemaType")] string? SchemaType,
    [property: JsonPropertyName("subject")] string? Subject,
    [property: JsonPropertyName("version")] int? Version,
    [property: JsonPropertyName("id")] int? Id);

internal sealed record ErrorResponse(
    [property: JsonPropertyName("error_code")] int ErrorCode, [property: JsonPropertyName("message")] string? Message);

internal sealed record CompatibilityResponse([property: JsonPropertyName("is_compatible")] bool IsCompatible);

internal sealed record CompatibilityConfig([property: JsonPropertyName("compatibility")] string Compatibility);

/// <summary>Which schemas may follow one another.</summary>
public enum Compatibility
{
    /// <summary>Any.</summary>
    None,

    /// <summary>Old readers read new data.</summary>
    Forward,

    /// <summary>New readers read old data.</summary>
    Backward,

    /// <summary>Both.</summary>
    Full,

    /// <summary>Forward, against all versions.</summary>
    ForwardTransitive,

    /// <summary>Backward, against all versions.</summary>
    BackwardTransitive,

    /// <summary>Both, against all versions.</summary>
    FullTransitive,
}
