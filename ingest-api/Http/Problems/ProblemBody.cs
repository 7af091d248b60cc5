using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Streams.IngestApi.Http.Problems;

/// <summary>A problem as it is sent (RFC 9457), with our members code, hint, traceId and errors.</summary>
public sealed record ProblemBody
{
    /// <summary>Media type.</summary>
    public const string MediaType = "application/problem+json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Page that explains the problem: <c>/problems/{code}</c> of this service.</summary>
    [JsonPropertyName("type")]
    public required string Type { get; init; }

    /// <summary>Short message, the same for every occurrence.</summary>
    [JsonPropertyName("title")]
    public required string Title { get; init; }

    /// <summary>HTTP status.</summary>
    [JsonPropertyName("status")]
    public required int Status { get; init; }

    /// <summary>What was wrong this time.</summary>
    [JsonPropertyName("detail")]
    public required string Detail { get; init; }

    /// <summary>Path of the request.</summary>
    [JsonPropertyName("instance")]
    public required string Instance { get; init; }

    /// <summary>Stable code, such as STR5123.</summary>
    [JsonPropertyName("code")]
    public required string Code { get; init; }

    /// <summary>What mends it.</summary>
    [JsonPropertyName("hint")]
    public required string Hint { get; init; }

    /// <summary>Finds the request in logs and traces.</summary>
    [JsonPropertyName("traceId")]
    public required string TraceId { get; init; }

    /// <summary>The fields at fault; empty when it is not about fields.</summary>
    [JsonPropertyName("errors")]
    public required IReadOnlyList<FieldError> Errors { get; init; }

    /// <summary>The trace id that is told to the client and logged.</summary>
    public static string TraceIdOf(HttpContext context) => Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;

    /// <summary>Sends the problem; the response must not have started.</summary>
    public static Task WriteAsync(HttpContext context, ApiException problem)
    {
        var response = context.Response;
        response.StatusCode = problem.Error.Status;
        response.ContentType = MediaType;
        response.Headers.CacheControl = "no-store";
        foreach (var (name, value) in problem.Headers)
        {
            response.Headers[name] = value;
        }

        var bytes = JsonSerializer.SerializeToUtf8Bytes(Of(context, problem), Json);
        response.ContentLength = bytes.Length;
        return response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }

    private static ProblemBody Of(HttpContext context, ApiException problem) => new()
    {
        Type = ProblemPages.PathOf(problem.Error),
        Title = problem.Error.Error.Title,
        Status = problem.Error.Status,
        Detail = problem.Detail,
        Instance = context.Request.Path.Value ?? "/",
        Code = problem.Error.Error.Code,
        Hint = problem.Error.Error.Remedy,
        TraceId = TraceIdOf(context),
        Errors = problem.Errors,
    };
}
