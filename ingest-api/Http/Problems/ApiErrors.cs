using Streams.Core.Errors;

namespace Streams.IngestApi.Http.Problems;

/// <summary>
/// Everything the API answers with a 4xx or 5xx status: STR511x the request's body, STR512x its headers and parameters, STR513x what the
/// rows say, STR514x limits, STR515x the store, STR516x the service's own configuration.
/// </summary>
public static class ApiErrors
{
    /// <summary>Not JSON.</summary>
    public static readonly ApiError MalformedJson = new(new("STR5110", ErrorKind.Result, "The body is not valid JSON", "Send one JSON value in UTF-8, without duplicate names, comments or trailing commas"), 400);

    /// <summary>JSON of another shape.</summary>
    public static readonly ApiError BadBody = new(new("STR5111", ErrorKind.Result, "The body does not have the shape of this resource", "Mend the fields in errors[]; /openapi/v1.json describes the shape"), 400);

    /// <summary>A value that is not allowed.</summary>
    public static readonly ApiError BadValue = new(new("STR5112", ErrorKind.Result, "A value is not allowed", "Mend the fields in errors[]"), 422);

    /// <summary>Another media type.</summary>
    public static readonly ApiError MediaType = new(new("STR5113", ErrorKind.Result, "The media type is not supported", "Send application/json in UTF-8"), 415);

    /// <summary>Too large.</summary>
    public static readonly ApiError TooLarge = new(new("STR5114", ErrorKind.Result, "The body is too large", "Send less at a time: split a batch"), 413);

    /// <summary>Any other malformed request.</summary>
    public static readonly ApiError BadRequest = new(new("STR5115", ErrorKind.Result, "The request is malformed", "Send a well-formed HTTP request"), 400);

    /// <summary>No such route.</summary>
    public static readonly ApiError NoRoute = new(new("STR5120", ErrorKind.Result, "No such resource path", "See /openapi/v1.json for the paths; ids are positive integers"), 404);

    /// <summary>The method is not allowed.</summary>
    public static readonly ApiError Method = new(new("STR5121", ErrorKind.Result, "The method is not allowed here", "Use one of the methods in the Allow header"), 405);

    /// <summary>If-Match is missing.</summary>
    public static readonly ApiError PreconditionRequired = new(new("STR5122", ErrorKind.Result, "If-Match is required", "Read the resource and send its ETag in If-Match"), 428);

    /// <summary>If-Match names another version.</summary>
    public static readonly ApiError PreconditionFailed = new(new("STR5123", ErrorKind.Result, "The resource has changed", "Read it again, apply the change to what is there now, and send the current ETag in If-Match"), 412);

    /// <summary>A condition that is not a list of entity tags.</summary>
    public static readonly ApiError BadCondition = new(new("STR5124", ErrorKind.Result, "A conditional header is malformed", "Send the ETag as it was answered, with its quotes, or *"), 400);

    /// <summary>Bad page parameters.</summary>
    public static readonly ApiError BadPage = new(new("STR5125", ErrorKind.Result, "A page parameter is wrong", "limit is 1 to 500; cursor is the value of next, or follow the Link header"), 400);

    /// <summary>Bad Idempotency-Key.</summary>
    public static readonly ApiError BadIdempotencyKey = new(new("STR5126", ErrorKind.Result, "The Idempotency-Key is malformed", "Send 1 to 255 printable ASCII characters, bare or as a quoted string, such as a UUID"), 400);

    /// <summary>Bad Streams-Min-Commit.</summary>
    public static readonly ApiError BadMinCommit = new(new("STR5127", ErrorKind.Result, "Streams-Min-Commit is malformed", "Send the value of Streams-Commit as it was answered"), 400);

    /// <summary>No such row.</summary>
    public static readonly ApiError NotFound = new(new("STR5130", ErrorKind.Result, "No such resource", "It was deleted, or its id is wrong"), 404);

    /// <summary>A row with this value is there.</summary>
    public static readonly ApiError Duplicate = new(new("STR5131", ErrorKind.Result, "A resource with this value is already there", "Use another value, or change the one that is there"), 409);

    /// <summary>A reference to nothing.</summary>
    public static readonly ApiError MissingReference = new(new("STR5132", ErrorKind.Result, "A referenced resource is not there", "Create it first, or correct the id"), 422);

    /// <summary>Others refer to it.</summary>
    public static readonly ApiError Referenced = new(new("STR5133", ErrorKind.Result, "Other resources refer to this one", "Delete those first"), 409);

    /// <summary>One key, two payloads.</summary>
    public static readonly ApiError IdempotencyMismatch = new(new("STR5134", ErrorKind.Result, "The Idempotency-Key was used with another request", "Use a new key for a new request"), 422);

    /// <summary>Still running.</summary>
    public static readonly ApiError IdempotencyBusy = new(new("STR5135", ErrorKind.Result, "A request with this Idempotency-Key is still running", "Repeat it after Retry-After; the stored answer will be replayed"), 409);

    /// <summary>Rate limit.</summary>
    public static readonly ApiError RateLimited = new(new("STR5140", ErrorKind.Transient, "Too many requests", "Wait for Retry-After seconds; RateLimit tells what is left"), 429);

    /// <summary>Too many at once.</summary>
    public static readonly ApiError Busy = new(new("STR5141", ErrorKind.Transient, "Too many requests are being served", "Repeat after Retry-After, or add instances"), 503);

    /// <summary>Deadline.</summary>
    public static readonly ApiError Deadline = new(new("STR5142", ErrorKind.Transient, "The request was not done in time", "Repeat after Retry-After; a POST with its Idempotency-Key"), 503);

    /// <summary>Postgres does not answer.</summary>
    public static readonly ApiError StoreUnreachable = new(new("STR5150", ErrorKind.Transient, "The database is not reachable", "Repeat after Retry-After; nothing was written"), 503);

    /// <summary>Lost while committing.</summary>
    public static readonly ApiError OutcomeUnknown = new(new("STR5151", ErrorKind.Transient, "The connection was lost while the change was committed", "It may or may not be done: read it, or repeat with the same Idempotency-Key"), 503);

    /// <summary>Serialization failures or deadlocks beyond the retries.</summary>
    public static readonly ApiError Contention = new(new("STR5152", ErrorKind.Transient, "The change lost against others several times", "Repeat after Retry-After; nothing was written"), 503);

    /// <summary>No tables.</summary>
    public static readonly ApiError SchemaMissing = new(new("STR5153", ErrorKind.Permanent, "The database lacks the shop's tables or columns", "Run `streams apply`"), 503);

    /// <summary>In recovery or read only.</summary>
    public static readonly ApiError ReadOnlyStore = new(new("STR5154", ErrorKind.Transient, "The database does not take writes", "It is a standby or set read only: point Streams:Postgres at the primary"), 503);

    /// <summary>Credentials or privileges.</summary>
    public static readonly ApiError StoreRefused = new(new("STR5155", ErrorKind.Permanent, "The database refused the service", "Check user, password, database and privileges in Streams:Postgres"), 503);

    /// <summary>Anything else.</summary>
    public static readonly ApiError Internal = new(new("STR5159", ErrorKind.Permanent, "The request failed inside the service", "Look for the traceId in the service's log"), 500);

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
}
