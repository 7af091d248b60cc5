using Streams.Core.Errors;

namespace Streams.IngestApi.Http.Problems;

/// <summary>
/// Everything the API answers with a 4xx or 5xx status: STR511x the request's body, STR512x its headers and parameters, STR513x what the
/// rows say, STR514x limits, STR515x the store, STR516x the service's own configuration.
/// </summary>
public static class ApiErrors
{
    /// <summary>Not JSON.</summary>
    public static readonly ApiError MalformedJson = Of(400, "STR5110", "The body is not valid JSON", "Send one JSON value in UTF-8, without duplicate names, comments or trailing commas");

    /// <summary>JSON of another shape.</summary>
    public static readonly ApiError BadBody = Of(400, "STR5111", "The body does not have the shape of this resource", "Mend the fields in errors[]; /openapi/v1.json describes the shape");

    /// <summary>A value that is not allowed.</summary>
    public static readonly ApiError BadValue = Of(422, "STR5112", "A value is not allowed", "Mend the fields in errors[]");

    /// <summary>Another media type.</summary>
    public static readonly ApiError MediaType = Of(415, "STR5113", "The media type is not supported", "Send application/json in UTF-8");

    /// <summary>Too large.</summary>
    public static readonly ApiError TooLarge = Of(413, "STR5114", "The body is too large", "Send less at a time: split a batch");

    /// <summary>Any other malformed request.</summary>
    public static readonly ApiError BadRequest = Of(400, "STR5115", "The request is malformed", "Send a well-formed HTTP request");

    /// <summary>No such route.</summary>
    public static readonly ApiError NoRoute = Of(404, "STR5120", "No such resource path", "See /openapi/v1.json for the paths; ids are positive integers");

    /// <summary>The method is not allowed.</summary>
    public static readonly ApiError Method = Of(405, "STR5121", "The method is not allowed here", "Use one of the methods in the Allow header");

    /// <summary>If-Match is missing.</summary>
    public static readonly ApiError PreconditionRequired = Of(428, "STR5122", "If-Match is required", "Read the resource and send its ETag in If-Match");

    /// <summary>If-Match names another version.</summary>
    public static readonly ApiError PreconditionFailed = Of(412, "STR5123", "The resource has changed", "Read it again, apply the change to what is there now, and send the current ETag in If-Match");

    /// <summary>A condition that is not a list of entity tags.</summary>
    public static readonly ApiError BadCondition = Of(400, "STR5124", "A conditional header is malformed", "Send the ETag as it was answered, with its quotes, or *");

    /// <summary>Bad page parameters.</summary>
    public static readonly ApiError BadPage = Of(400, "STR5125", "A page parameter is wrong", "limit is 1 to 500; cursor is the value of next, or follow the Link header");

    /// <summary>Bad Idempotency-Key.</summary>
    public static readonly ApiError BadIdempotencyKey = Of(400, "STR5126", "The Idempotency-Key is malformed", "Send 1 to 255 printable ASCII characters, bare or as a quoted string, such as a UUID");

    /// <summary>Bad Streams-Min-Commit.</summary>
    public static readonly ApiError BadMinCommit = Of(400, "STR5127", "Streams-Min-Commit is malformed", "Send the value of Streams-Commit as it was answered");

    /// <summary>No such row.</summary>
    public static readonly ApiError NotFound = Of(404, "STR5130", "No such resource", "It was deleted, or its id is wrong");

    /// <summary>A row with this value is there.</summary>
    public static readonly ApiError Duplicate = Of(409, "STR5131", "A resource with this value is already there", "Use another value, or change the one that is there");

    /// <summary>A reference to nothing.</summary>
    public static readonly ApiError MissingReference = Of(422, "STR5132", "A referenced resource is not there", "Create it first, or correct the id");

    /// <summary>Others refer to it.</summary>
    public static readonly ApiError Referenced = Of(409, "STR5133", "Other resources refer to this one", "Delete those first");

    /// <summary>One key, two payloads.</summary>
    public static readonly ApiError IdempotencyMismatch = Of(422, "STR5134", "The Idempotency-Key was used with another request", "Use a new key for a new request");

    /// <summary>Still running.</summary>
    public static readonly ApiError IdempotencyBusy = Of(409, "STR5135", "A request with this Idempotency-Key is still running", "Repeat it after Retry-After; the stored answer will be replayed");

    /// <summary>Rate limit.</summary>
    public static readonly ApiError RateLimited = Of(429, "STR5140", "Too many requests", "Wait for Retry-After seconds; RateLimit tells what is left", ErrorKind.Transient);

    /// <summary>Too many at once.</summary>
    public static readonly ApiError Busy = Of(503, "STR5141", "Too many requests are being served", "Repeat after Retry-After, or add instances", ErrorKind.Transient);

    /// <summary>Deadline.</summary>
    public static readonly ApiError Deadline = Of(503, "STR5142", "The request was not done in time", "Repeat after Retry-After; a POST with its Idempotency-Key", ErrorKind.Transient);

    /// <summary>Postgres does not answer.</summary>
    public static readonly ApiError StoreUnreachable = Of(503, "STR5150", "The database is not reachable", "Repeat after Retry-After; nothing was written", ErrorKind.Transient);

    /// <summary>Lost while committing.</summary>
    public static readonly ApiError OutcomeUnknown = Of(503, "STR5151", "The connection was lost while the change was committed", "It may or may not be done: read it, or repeat with the same Idempotency-Key", ErrorKind.Transient);

    /// <summary>Serialization failures or deadlocks beyond the retries.</summary>
    public static readonly ApiError Contention = Of(503, "STR5152", "The change lost against others several times", "Repeat after Retry-After; nothing was written", ErrorKind.Transient);

    /// <summary>No tables.</summary>
    public static readonly ApiError SchemaMissing = Of(503, "STR5153", "The database lacks the shop's tables or columns", "Run `streams migrate`", ErrorKind.Permanent);

    /// <summary>In recovery or read only.</summary>
    public static readonly ApiError ReadOnlyStore = Of(503, "STR5154", "The database does not take writes", "It is a standby or set read only: point Streams:Postgres at the primary", ErrorKind.Transient);

    /// <summary>Credentials or privileges.</summary>
    public static readonly ApiError StoreRefused = Of(503, "STR5155", "The database refused the service", "Check user, password, database and privileges in Streams:Postgres", ErrorKind.Permanent);

    /// <summary>Anything else.</summary>
    public static readonly ApiError Internal = Of(500, "STR5159", "The request failed inside the service", "Look for the traceId in the service's log", ErrorKind.Permanent);

    /// <summary>A rule that the API reads through is missing.</summary>
    public static readonly StreamsError MissingRule = new("STR5160", ErrorKind.Permanent, "streams.yaml lacks a rule that the API reads through", "Add the rule named, with its key or pattern and its query");

    /// <summary>The Redis configuration string cannot be parsed.</summary>
    public static readonly StreamsError BadRedisSettings = new("STR5161", ErrorKind.Permanent, "Streams:Redis:Configuration is malformed", "Write host:port, then settings of StackExchange.Redis after commas");

    /// <summary>Every error that is answered, by its code.</summary>
    public static IReadOnlyDictionary<string, ApiError> All { get; } = typeof(ApiErrors)
        .GetFields()
        .Select(field => field.GetValue(null))
        .OfType<ApiError>()
        .ToDictionary(error => error.Error.Code, StringComparer.OrdinalIgnoreCase);

    private static ApiError Of(int status, string code, string title, string remedy, ErrorKind kind = ErrorKind.Result) =>
        new(new StreamsError(code, kind, title, remedy), status);
}
