namespace Streams.IngestApi.Http.Problems;

/// <summary>Ends a request with a problem.</summary>
public sealed class ApiException(ApiError error, string detail, IReadOnlyList<FieldError> errors, Exception? inner)
    : Exception($"{error.Error.Code}: {error.Error.Title}. {detail}", inner)
{
    /// <summary>The catalogue entry.</summary>
    public ApiError Error { get; } = error;

    /// <summary>What was wrong with this request.</summary>
    public string Detail { get; } = detail;

    /// <summary>The fields at fault.</summary>
    public IReadOnlyList<FieldError> Errors { get; } = errors;

    /// <summary>Headers to send with the problem, such as ETag or Retry-After.</summary>
    public Dictionary<string, string> Headers { get; } = [];

    /// <summary>Adds a header.</summary>
    public ApiException WithHeader(string name, string value)
    {
        Headers[name] = value;
        return this;
    }
}
