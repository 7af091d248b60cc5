using Microsoft.Extensions.Options;
using Streams.IngestApi.Data;
using Streams.IngestApi.Http.Problems;

namespace Streams.IngestApi.Http.Limits;

/// <summary>Ends a request that takes too long: <see cref="HttpContext.RequestAborted"/> is cancelled for everything inside.</summary>
internal sealed class DeadlineMiddleware(RequestDelegate next, IOptions<IngestApiOptions> options, TimeProvider clock)
{
    private readonly TimeSpan _deadline = options.Value.Deadline;

    public async Task InvokeAsync(HttpContext context)
    {
        var client = context.RequestAborted;
        using var late = new CancellationTokenSource(_deadline, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(client, late.Token);
        context.RequestAborted = either.Token;
        try
        {
            await next(context);
        }
        catch (Exception exception) when (exception is not ApiException && late.IsCancellationRequested && !client.IsCancellationRequested)
        {
            throw PostgresFaults.Unavailable(ApiErrors.Deadline, $"The deadline is {_deadline.TotalSeconds:0.#} s.", exception);
        }
        finally
        {
            context.RequestAborted = client;
        }
    }
}
