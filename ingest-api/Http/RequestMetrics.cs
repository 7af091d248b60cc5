using System.Diagnostics.Metrics;
using System.Globalization;

namespace Streams.IngestApi.Http;

/// <summary>Duration of every request, by method, route and status: latency, throughput and error rate are all in it.</summary>
internal sealed class RequestMetrics(RequestDelegate next, TimeProvider clock)
{
    private static readonly Meter Meter = new("Streams.IngestApi");

    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "streams_api_request_seconds", "s", "Time from the request's head to the answer's end");

    public async Task InvokeAsync(HttpContext context)
    {
        var started = clock.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            // The route's pattern, not the path: a bounded number of series.
            var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "none";
            Duration.Record(
                clock.GetElapsedTime(started).TotalSeconds,
                new("method", context.GetEndpoint() is null ? "other" : context.Request.Method),
                new("route", route),
                new("status", context.Response.StatusCode.ToString(CultureInfo.InvariantCulture)));
        }
    }
}
