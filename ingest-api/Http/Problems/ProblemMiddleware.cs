using Streams.IngestApi.Data;

namespace Streams.IngestApi.Http.Problems;

/// <summary>
/// Turns whatever ends a request badly into a problem: our own exceptions, faults of the store, refusals of the server, and the empty
/// 404, 405 and 415 of routing. Nothing of an unexpected exception is shown to the client but its trace id.
/// </summary>
internal sealed partial class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (!context.Response.HasStarted && Empty(context) is { } error)
            {
                await ProblemBody.WriteAsync(context, error);
            }
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            if (exception is OperationCanceledException && context.RequestAborted.IsCancellationRequested)
            {
                // The client has gone: nobody reads an answer.
                context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
                return;
            }

            var problem = Translate(exception);
            Report(context, problem, exception);
            await ProblemBody.WriteAsync(context, problem);
        }
    }

    private static ApiException? Empty(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        return response.ContentType is not null ? null : response.StatusCode switch
        {
            404 => ApiErrors.NoRoute.With($"{request.Path} is not a path of this service."),
            405 => ApiErrors.Method.With($"{request.Method} is not allowed on {request.Path}."),
            415 => ApiErrors.MediaType.With($"'{request.ContentType}' is not supported."),
            _ => null,
        };
    }

    private static ApiException Translate(Exception exception) => exception switch
    {
        ApiException problem => problem,
        BadHttpRequestException { StatusCode: 413 } => ApiErrors.TooLarge.With("The server stopped reading.", inner: exception),
        BadHttpRequestException bad => ApiErrors.BadRequest.With(bad.Message, inner: exception),
        _ => PostgresFaults.Translate(exception) ?? ApiErrors.Internal.With("Nothing more is told here.", inner: exception),
    };

    private void Report(HttpContext context, ApiException problem, Exception exception)
    {
        if (problem.Error.Status < 500)
        {
            return;
        }

        var (code, trace) = (problem.Error.Error.Code, ProblemBody.TraceIdOf(context));
        if (problem.Error == ApiErrors.Internal)
        {
            LogFailure(code, context.Request.Method, context.Request.Path, trace, exception);
        }
        else
        {
            LogUnavailable(code, context.Request.Method, context.Request.Path, trace, problem.Detail);
        }
    }

    [LoggerMessage(5100, LogLevel.Error, "{Code} {Method} {Path} traceId {TraceId}")]
    private partial void LogFailure(string code, string method, string path, string traceId, Exception exception);

    [LoggerMessage(5101, LogLevel.Warning, "{Code} {Method} {Path} traceId {TraceId}: {Detail}")]
    private partial void LogUnavailable(string code, string method, string path, string traceId, string detail);
}
