using System.Globalization;
using Microsoft.Extensions.Options;
using Streams.IngestApi.Http.Problems;

namespace Streams.IngestApi.Http.Limits;

/// <summary>
/// The rate limit of one client address, told in <c>RateLimit-Policy</c> and <c>RateLimit</c> (draft-ietf-httpapi-ratelimit-headers-10).
/// </summary>
internal sealed class RateLimitMiddleware(RequestDelegate next, IOptions<IngestApiOptions> options, TimeProvider clock)
{
    private readonly RateWindow _window = new(options.Value.RateLimit, options.Value.RateWindow, clock);
    private readonly string _policy = string.Create(
        CultureInfo.InvariantCulture, $"\"address\";q={options.Value.RateLimit};w={(int)options.Value.RateWindow.TotalSeconds}");

    public Task InvokeAsync(HttpContext context)
    {
        if (options.Value.RateLimit == 0 || !context.Request.Path.StartsWithSegments("/v1", StringComparison.Ordinal))
        {
            return next(context);
        }

        var grant = _window.Take(context.Connection.RemoteIpAddress?.ToString() ?? "");
        context.Response.Headers["RateLimit-Policy"] = _policy;
        context.Response.Headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture, $"\"address\";r={grant.Remaining};t={grant.ResetSeconds}");
        return grant.Allowed
            ? next(context)
            : throw ApiErrors.RateLimited
                .With($"{options.Value.RateLimit} requests in {options.Value.RateWindow.TotalSeconds:0} s are allowed.")
                .WithHeader("Retry-After", grant.ResetSeconds.ToString(CultureInfo.InvariantCulture));
    }
}
