using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Streams.Registry.Store;

namespace Streams.Registry.Http;

/// <summary>Answers and bodies in the registry's media type.</summary>
internal static class Answer
{
    public const string MediaType = "application/vnd.schemaregistry.v1+json";

    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static IResult Json(object value, int status = StatusCodes.Status200OK) => Results.Json(value, Options, MediaType, status);

    /// <summary>A schema's text by itself.</summary>
    public static IResult Text(string schema) => Results.Text(schema, MediaType);

    /// <summary>The body of a request.</summary>
    /// <exception cref="RegistryException">42201, when it is not what it should be.</exception>
    public static async Task<T> BodyAsync<T>(HttpContext context)
        where T : class
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<T>(context.Request.Body, Options, context.RequestAborted) ?? throw RegistryException.InvalidSchema("the body is null");
        }
        catch (JsonException exception)
        {
            throw new RegistryException(StatusCodes.Status400BadRequest, StatusCodes.Status400BadRequest, $"The body is not the JSON expected: {exception.Message}");
        }
    }

    public static object Of(SchemaVersion schema) => new
    {
        subject = schema.Subject,
        version = schema.Version,
        id = schema.Id,
        guid = schema.Content.Guid,
        references = References(schema.Content),
        schema = schema.Content.Text,
        deleted = schema.Deleted ? true : (bool?)null,
    };

    public static IReadOnlyList<SchemaReference>? References(SchemaContent content) => content.References.Count > 0 ? content.References : null;

    /// <summary>A subject as it stands in a path: the server leaves an encoded slash as it is.</summary>
    public static string Subject(string inPath) => inPath.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}
