using Microsoft.Extensions.Options;
using Streams.IngestApi.Data;
using Streams.IngestApi.Http.Problems;

namespace Streams.IngestApi.Http.Limits;

/// <summary>Bounds the requests in flight: beyond it a quick 503 instead of a queue that only grows.</summary>
internal sealed class ConcurrencyMiddleware(RequestDelegate next, IOptions<IngestApiOptions> options)
{
    private readonly int _most = options.Value.MaxConcurrentRequests;
    private int _running;

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            if (Interlocked.Increment(ref _running) > _most)
            {
                throw PostgresFaults.Unavailable(ApiErrors.Busy, $"{_most} requests are in flight.");
            }

            await next(context);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }
}
