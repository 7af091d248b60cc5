using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Streams.AnalyticsSink.Host.Http.Problems;
using Streams.AnalyticsSink.Reading;

namespace Streams.AnalyticsSink.Host.Http.Description;

/// <summary>The OpenAPI 3.1 document at <c>/openapi/v1.json</c>; docs/reference/openapi-analytics.json is the same, and a test compares them.</summary>
internal static class ApiDocument
{
    private const string Name = "v1";

    public static void AddApiDocument(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(options => HttpJson.Create(options.SerializerOptions));
        services.AddOpenApi(Name, options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.AddDocumentTransformer(DescribeAsync);
            options.AddOperationTransformer(DescribeAsync);
        });
    }

    private static Task DescribeAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Streams aggregates",
            Version = Name,
            Description = "Rows of the aggregates of streams.yaml, each as of a commit of the source. numeric is a string, so that no client rounds it.",
            License = new OpenApiLicense { Name = "Apache-2.0", Identifier = "Apache-2.0" },
        };
        document.Servers = [];
        document.AddComponent("Problem", new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "RFC 9457",
            Properties = new[] { "type", "title", "detail", "instance", "code", "hint", "traceId" }
                .ToDictionary(name => name, IOpenApiSchema (_) => new OpenApiSchema { Type = JsonSchemaType.String })
                .Append(new("status", new OpenApiSchema { Type = JsonSchemaType.Integer })).ToDictionary(),
        });
        return Task.CompletedTask;
    }

    private static Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        operation.Summary = metadata.OfType<IEndpointSummaryMetadata>().LastOrDefault()?.Summary;
        operation.OperationId = string.Concat(operation.Summary!.Split(' ').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
        if (metadata.OfType<EndpointKind>().Cast<EndpointKind?>().FirstOrDefault() is { } kind)
        {
            Parameters(operation, kind);
            operation.Responses!["200"] = kind == EndpointKind.Rows ? Rows() : new OpenApiResponse { Description = "Events upsert, delete, as_of, reset", Content = Text("text/event-stream") };
        }

        Headers((OpenApiResponse)operation.Responses!["200"]);
        foreach (var status in ReadErrors.All.GroupBy(error => error.Status))
        {
            operation.Responses![status.Key.ToString(CultureInfo.InvariantCulture)] = new OpenApiResponse
            {
                Description = string.Join("; ", status.Select(error => $"{error.Error.Code} {error.Error.Title}")),
                Content = new Dictionary<string, OpenApiMediaType> { ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference("Problem", context.Document) } },
            };
        }

        return Task.CompletedTask;
    }

    private static void Parameters(OpenApiOperation operation, EndpointKind kind)
    {
        operation.Parameters ??= [];
        Add("from", "First window's start: an instant or a day, UTC if it names no zone.");
        Add("to", "Start of the first window that is not wanted.");
        Add("final", "Only windows of which no more rows are expected, or only others.", JsonSchemaType.Boolean);
        Add("is_null", "A group that has to be NULL; may be repeated.");
        Add("group.NAME", "Value of the group NAME; repeated: any of them. Plain NAME does too, unless it is one of these parameters.");
        if (kind == EndpointKind.Rows)
        {
            Add("limit", $"Rows of a page, 1 to {AggregateQuery.MaxLimit}; default {AggregateQuery.DefaultLimit} for json, everything for jsonl and csv.", JsonSchemaType.Integer);
            Add("cursor", "Value of next; opaque.");
            Add("format", "Wins over Accept.", values: [.. RowFormat.All.Select(format => format.Name)]);
        }
        else
        {
            Add("Last-Event-ID", "Id of the last event that was seen; last_event_id in the query does too. Without it every row comes first.", place: ParameterLocation.Header);
        }

        void Add(string name, string description, JsonSchemaType type = JsonSchemaType.String, ParameterLocation place = ParameterLocation.Query, string[]? values = null) =>
            operation.Parameters!.Add(new OpenApiParameter
            {
                Name = name,
                In = place,
                Description = description,
                Schema = new OpenApiSchema { Type = type, Enum = values is null ? null : [.. values.Select(value => (JsonNode)value)] },
            });
    }

    private static OpenApiResponse Rows()
    {
        var row = new OpenApiSchema { Type = JsonSchemaType.Object, Description = "Columns of the aggregate; GET /v1/aggregates lists them." };
        var nullable = JsonSchemaType.String | JsonSchemaType.Null;
        return new OpenApiResponse
        {
            Description = "Rows",
            Content = new Dictionary<string, OpenApiMediaType>(Text(RowFormat.JsonLines.MediaType, RowFormat.Csv.MediaType))
            {
                [RowFormat.Json.MediaType] = new()
                {
                    Schema = new OpenApiSchema
                    {
                        Type = JsonSchemaType.Object,
                        Properties = new Dictionary<string, IOpenApiSchema>
                        {
                            ["aggregate"] = new OpenApiSchema { Type = JsonSchemaType.String },
                            ["as_of"] = new OpenApiSchema { Type = nullable, Description = "Every commit up to this instant of the source's clock is contained." },
                            ["as_of_lsn"] = new OpenApiSchema { Type = nullable, Description = "WAL position of that." },
                            ["next"] = new OpenApiSchema { Type = nullable, Description = "Cursor of the next page." },
                            ["rows"] = new OpenApiSchema { Type = JsonSchemaType.Array, Items = row },
                        },
                    },
                },
            },
        };
    }

    private static void Headers(OpenApiResponse response) => response.Headers = new[]
    {
        (ServedTable.AsOfHeader, "Every commit up to this instant of the source's clock is contained; or unknown."),
        (ServedTable.AsOfLsnHeader, "WAL position of that; or unknown."),
    }.ToDictionary(header => header.Item1, IOpenApiHeader (header) => new OpenApiHeader { Description = header.Item2, Schema = new OpenApiSchema { Type = JsonSchemaType.String } });

    private static Dictionary<string, OpenApiMediaType> Text(params string[] types) =>
        types.ToDictionary(type => type, _ => new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } });
}
