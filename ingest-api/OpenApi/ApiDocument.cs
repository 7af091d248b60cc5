using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Streams.IngestApi.Http.Body;
using Streams.IngestApi.Http.Problems;

namespace Streams.IngestApi.OpenApi;

/// <summary>The OpenAPI 3.1 document at <c>/openapi/v1.json</c>; docs/reference/openapi.json is the same, and a test compares them.</summary>
internal static class ApiDocument
{
    private const string Name = "v1";

    public static void AddApiDocument(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(options => ApiJson.Apply(options.SerializerOptions));
        services.AddOpenApi(Name, options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.AddDocumentTransformer(DescribeAsync);
            options.AddOperationTransformer(OperationDescription.DescribeAsync);
            options.AddSchemaTransformer(ConstrainAsync);
        });
    }

    public static void MapApiDocument(this IEndpointRouteBuilder routes) => routes.MapOpenApi("/openapi/{documentName}.json");

    private static async Task DescribeAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Streams ingest API",
            Version = Name,
            Description = "Writes go to Postgres only; products, orders and their lists are read through the fenced cache.",
            License = new OpenApiLicense { Name = "Apache-2.0", Identifier = "Apache-2.0" },
        };
        // Where it is served differs; relative to the document is right everywhere.
        document.Servers = [];
        var problem = await context.GetOrCreateSchemaAsync(typeof(ProblemBody), null, cancellationToken);
        document.AddComponent("Problem", problem);
    }

    /// <summary>Annotations that the framework does not turn into schema by itself, and what the parser refuses.</summary>
    private static Task ConstrainAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var rules = context.JsonPropertyInfo?.AttributeProvider?.GetCustomAttributes(inherit: true) ?? [];
        if (rules.OfType<AllowedValuesAttribute>().FirstOrDefault() is { } allowed)
        {
            schema.Enum = [.. allowed.Values.Select(value => (JsonNode)JsonValue.Create((string)value!)!)];
        }

        if (rules.OfType<MoneyAttribute>().Any())
        {
            schema.MultipleOf = 0.01m;
        }

        var type = context.JsonTypeInfo.Type;
        if (type == typeof(decimal) || type == typeof(decimal?))
        {
            // "double" would invite clients to round.
            schema.Format = null;
        }

        // Answers may gain fields; requests may not have any that are not known.
        if (type.Name.EndsWith("Input", StringComparison.Ordinal))
        {
            schema.AdditionalPropertiesAllowed = false;
        }

        return Task.CompletedTask;
    }
}
