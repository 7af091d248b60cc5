using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Streams.IngestApi.Http.Body;

/// <summary>How bodies are written and read: names as the columns are named, numbers exact, nothing unknown.</summary>
internal static class ApiJson
{
    /// <summary>Deepest nesting that is read.</summary>
    public const int MaxDepth = 32;

    /// <summary>Strict: used for the contract's shape.</summary>
    public static readonly JsonSerializerOptions Options = Create();

    /// <summary>Names of a contract's fields.</summary>
    public static IEnumerable<string> FieldsOf(Type contract) => Options.GetTypeInfo(contract).Properties.Select(property => property.Name);

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerOptions.Strict) { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };
        Apply(options);
        options.MakeReadOnly();
        return options;
    }

    /// <summary>The same naming on other options (those that the OpenAPI document is made with).</summary>
    public static void Apply(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.MaxDepth = MaxDepth;
        // Fields that the server sets are allowed in a body that is sent back and have been looked at before.
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip;
    }
}
