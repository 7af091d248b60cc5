using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Streams.IngestApi.Caching;
using Streams.IngestApi.Data;
using Streams.IngestApi.Http.Idempotency;
using Streams.IngestApi.Http.Paging;
using Streams.IngestApi.Http.Problems;

namespace Streams.IngestApi.OpenApi;

/// <summary>Headers, page parameters and problems of an operation, by its <see cref="OperationNotes"/>.</summary>
internal static partial class OperationDescription
{
    private static readonly int[] BodyProblems = [400, 413, 415, 422];

    public static Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var path = Constraint().Replace(context.Description.RelativePath ?? "", "{$1}");
        operation.OperationId = IdOf(context.Description.HttpMethod ?? "", path);
        operation.Tags = new HashSet<OpenApiTagReference> { new(path.Split('/', ':')[1], context.Document) };
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        operation.Summary = metadata.OfType<IEndpointSummaryMetadata>().LastOrDefault()?.Summary;
        if (metadata.OfType<OperationNotes>().FirstOrDefault() is { } notes)
        {
            Parameters(operation, notes);
            ResponseHeaders(operation, notes);
            Problems(operation, notes, context.Document!, path.Contains('{', StringComparison.Ordinal));
        }

        return Task.CompletedTask;
    }

    /// <summary><c>GET v1/categories/{id}/products</c> → <c>getCategoriesByIdProducts</c>.</summary>
    private static string IdOf(string method, string path)
    {
        var words = path.Split('/', ':').Skip(1).Select(part => part.StartsWith('{') ? "By_" + part.Trim('{', '}') : part);
        var parts = string.Join('_', words).Split('_').Where(part => part.Length > 0);
        return method.ToLowerInvariant() + string.Concat(parts.Select(part => char.ToUpperInvariant(part[0]) + part[1..]));
    }

    private static void Parameters(OpenApiOperation operation, OperationNotes notes)
    {
        operation.Parameters ??= [];
        if (notes.Creates)
        {
            Add("Idempotency-Key", ParameterLocation.Header, "Makes a repetition safe: the stored answer is replayed for 24 hours.", maxLength: IdempotencyKey.MaxLength + 2);
        }

        if (notes.Changes)
        {
            Add("If-Match", ParameterLocation.Header, "ETag of the version that the change is based on.", required: true);
        }

        if (notes.Reads || notes.Paged)
        {
            Add("If-None-Match", ParameterLocation.Header, "ETag that the client holds: answered with 304 if it is still current.");
        }

        if (notes.Cached)
        {
            Add(Reads.MinCommitHeader, ParameterLocation.Header, "Streams-Commit of a write that the answer must contain.");
        }

        if (notes.Paged)
        {
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = "limit",
                In = ParameterLocation.Query,
                Description = "Rows of a page.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = Text(PageRequest.MaxLimit), Default = PageRequest.DefaultLimit },
            });
            Add("cursor", ParameterLocation.Query, "Value of next; opaque.");
        }

        void Add(string name, ParameterLocation place, string description, bool required = false, int? maxLength = null) =>
            operation.Parameters!.Add(new OpenApiParameter
            {
                Name = name,
                In = place,
                Required = required,
                Description = description,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = maxLength },
            });
    }

    private static void ResponseHeaders(OpenApiOperation operation, OperationNotes notes)
    {
        var headers = new Dictionary<string, IOpenApiHeader>();
        Add(notes.Creates || notes.Changes, Writes.CommitHeader, "Identity of the database's history and the transaction id; send it as Streams-Min-Commit.");
        Add(operation.Responses!.Any(pair => pair.Key.StartsWith('2') && pair.Value.Content is { Count: > 0 }), "ETag", "Strong tag of this version; absent for a batch.");
        Add(notes.Creates, "Location", "Path of what was created; absent for a batch.");
        Add(notes.Paged, "Link", "rel=next, unless this is the last page.");
        Add(notes.Cached, CacheStatus.Header, "RFC 9211: hit, miss (stored or not) or bypass.");
        Add(notes.Cached, "Age", "Seconds since a hit was read from the database.");
        foreach (var (_, response) in operation.Responses!.Where(pair => pair.Key.StartsWith('2')))
        {
            ((OpenApiResponse)response).Headers = headers;
        }

        void Add(bool wanted, string name, string description)
        {
            if (wanted)
            {
                headers.Add(name, new OpenApiHeader { Description = description, Schema = new OpenApiSchema { Type = JsonSchemaType.String } });
            }
        }
    }

    private static void Problems(OpenApiOperation operation, OperationNotes notes, OpenApiDocument document, bool single)
    {
        var statuses = new SortedSet<int> { 400, 429, 500, 503 };
        statuses.UnionWith(operation.RequestBody is null ? [] : BodyProblems);
        statuses.UnionWith(single ? [404] : []);
        statuses.UnionWith(notes.Creates || notes.Changes ? [409] : []);
        statuses.UnionWith(notes.Changes ? [412, 428] : []);
        if (notes.Reads || notes.Paged)
        {
            operation.Responses!["304"] = new OpenApiResponse { Description = "What the client holds is current." };
        }

        foreach (var status in statuses)
        {
            var codes = ApiErrors.All.Values.Where(error => error.Status == status).Select(error => error.Error).OrderBy(error => error.Code, StringComparer.Ordinal);
            operation.Responses![Text(status)] = new OpenApiResponse
            {
                Description = string.Join("; ", codes.Select(error => $"{error.Code} {error.Title}")),
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    [ProblemBody.MediaType] = new() { Schema = new OpenApiSchemaReference("Problem", document) },
                },
            };
        }
    }

    /// <summary>A route parameter with its constraints: <c>{id:long:min(1)}</c>.</summary>
    [GeneratedRegex(@"\{(\w+)[^}]*\}")]
    private static partial Regex Constraint();

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
