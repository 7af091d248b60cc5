using Microsoft.AspNetCore.Http;
using Streams.Core.Errors;

namespace Streams.AnalyticsSink.Host.Http.Problems;

/// <summary>An entry of the error catalogue with the HTTP status that it is answered with.</summary>
internal sealed record ReadError(StreamsError Error, int Status)
{
    public ReadProblem With(string detail, Exception? inner = null) => new(this, detail, inner);
}

/// <summary>Ends a request with a problem.</summary>
internal sealed class ReadProblem(ReadError error, string detail, Exception? inner) : Exception($"{error.Error.Code}: {error.Error.Title}. {detail}", inner)
{
    public ReadError Error { get; } = error;

    public string Detail { get; } = detail;
}

/// <summary>Everything that the aggregates' API answers with a 4xx or 5xx status: STR517x.</summary>
internal static class ReadErrors
{
    public static readonly ReadError UnknownAggregate = new(new("STR5170", ErrorKind.Result, "No such aggregate", "GET /v1/aggregates lists them"), StatusCodes.Status404NotFound);

    public static readonly ReadError BadFilter = new(new("STR5171", ErrorKind.Result, "A filter does not fit the aggregate", "Filter by its groups, from, to and final; GET /v1/aggregates/{name}/docs shows them"), StatusCodes.Status400BadRequest);

    public static readonly ReadError BadPage = new(new("STR5172", ErrorKind.Result, "A page of the aggregate cannot be given", "limit is 1 to 10000; cursor is the value of next, or follow the Link header; begin anew after the aggregate was redefined"), StatusCodes.Status400BadRequest);

    public static readonly ReadError BadFormat = new(new("STR5173", ErrorKind.Result, "The format is not offered", "Ask for json, jsonl or csv by format= or Accept; CSV opens in DuckDB and is turned into Parquet by it"), StatusCodes.Status406NotAcceptable);

    public static readonly ReadError NoRoute = new(new("STR5174", ErrorKind.Result, "The aggregates' API has no such path or method", "GET /v1/aggregates is where it begins"), StatusCodes.Status404NotFound);

    public static readonly ReadError NotPrepared = new(new("STR5175", ErrorKind.Transient, "The aggregate has no table yet", "Repeat after Retry-After; /readyz tells what the sink waits for"), StatusCodes.Status503ServiceUnavailable);

    public static readonly ReadError Busy = new(new("STR5176", ErrorKind.Transient, "Too many aggregate requests are being served", "Repeat after Retry-After, or add instances"), StatusCodes.Status503ServiceUnavailable);

    public static readonly ReadError StoreUnavailable = new(new("STR5177", ErrorKind.Transient, "The store of the aggregates cannot be read", "Repeat after Retry-After; /readyz tells what is wrong"), StatusCodes.Status503ServiceUnavailable);

    public static readonly ReadError Internal = new(new("STR5179", ErrorKind.Permanent, "The aggregate request failed inside the service", "Look for the traceId in the service's log"), StatusCodes.Status500InternalServerError);

    /// <summary>All of them.</summary>
    public static IEnumerable<ReadError> All { get; } = [UnknownAggregate, BadFilter, BadPage, BadFormat, NoRoute, NotPrepared, Busy, StoreUnavailable, Internal];
}
