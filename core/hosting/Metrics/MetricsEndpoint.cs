using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Streams.Hosting.Metrics;

internal static class MetricsEndpoint
{
    public static void MapMetrics(this WebApplication app)
    {
        // Resolved now, so that what happens before the first scrape is counted.
        var registry = app.Services.GetRequiredService<MetricsRegistry>();
        app.MapGet("/metrics", () => Results.Text(registry.Render(), "text/plain; version=0.0.4; charset=utf-8")).ExcludeFromDescription();
    }
}
