using Streams.Core.Errors;

namespace Streams.IngestApi.Http.Problems;

/// <summary>An entry of the error catalogue with the HTTP status that it is answered with.</summary>
/// <param name="Error">Code, title and remedy.</param>
/// <param name="Status">HTTP status, 400 … 599.</param>
public sealed record ApiError(StreamsError Error, int Status)
{
    /// <summary>This error as an exception.</summary>
    /// <param name="detail">What was wrong with this request.</param>
    /// <param name="errors">The fields at fault, if it is about fields.</param>
    /// <param name="inner">The cause, if an exception was.</param>
    public ApiException With(string detail, IReadOnlyList<FieldError>? errors = null, Exception? inner = null) =>
        new(this, detail, errors ?? [], inner);
}
