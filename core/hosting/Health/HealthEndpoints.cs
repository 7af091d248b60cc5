using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Streams.Hosting.Health;

/// <summary>
/// <c>/livez</c> (and <c>/alive</c>): the process answers. <c>/readyz</c> (and <c>/healthz</c>, <c>/health</c>): 200 when every
/// required <see cref="IReadinessCheck"/> passes, else 503; the JSON names each check and its reason.
/// </summary>
public static class HealthEndpoints
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    internal static void MapHealth(this IEndpointRouteBuilder routes, string service)
    {
        foreach (var path in new[] { "/livez", "/alive" })
        {
            routes.MapGet(path, () => Results.Json(new { service, status = "alive" })).ExcludeFromDescription();
        }

        foreach (var path in new[] { "/readyz", "/healthz", "/health" })
        {
            routes.MapGet(path, (Delegate)((HttpContext context) => AnswerAsync(service, context))).ExcludeFromDescription();
        }
    }

    private static async Task<IResult> AnswerAsync(string service, HttpContext context)
    {
        var checks = context.RequestServices.GetServices<IReadinessCheck>();
        var results = await Task.WhenAll(checks.Select(check => RunAsync(check, context.RequestAborted)));
        var ready = results.All(result => result.Reason is null || !result.Required);
        var whole = results.All(result => result.Reason is null);
        return Results.Json(
            new
            {
                service,
                status = whole ? "ready" : ready ? "degraded" : "not ready",
                checks = results.Select(result => new { name = result.Name, ready = result.Reason is null, reason = result.Reason }),
            },
            statusCode: ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<(string Name, bool Required, string? Reason)> RunAsync(IReadinessCheck check, CancellationToken aborted)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        limit.CancelAfter(Patience);
        try
        {
            return (check.Name, check.Required, await check.CheckAsync(limit.Token).WaitAsync(limit.Token));
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            return (check.Name, check.Required, $"No answer within {Patience.TotalSeconds:0} s");
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return (check.Name, check.Required, exception.Message);
        }
    }
}
