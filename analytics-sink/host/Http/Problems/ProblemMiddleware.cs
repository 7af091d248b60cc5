using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;
using Npgsql;
using Streams.Postgres;

namespace Streams.AnalyticsSink.Host.Http.Problems;

/// <summary>Turns whatever ends a request badly into a problem (RFC 9457) with code, hint and traceId. Of an unexpected exception only the trace id is told.</summary>
internal sealed partial class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> logger)
{
    private const string RetrySeconds = "1", MediaType = "application/problem+json";

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (!context.Response.HasStarted && context.Response is { StatusCode: 404 or 405, ContentType: null })
            {
                await WriteAsync(context, ReadErrors.NoRoute.With($"{context.Request.Method} {context.Request.Path}."), context.Response.StatusCode);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone: nobody reads an answer.
            context.Abort();
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            var problem = Translate(exception);
            if (problem.Error.Status >= StatusCodes.Status500InternalServerError)
            {
                LogFailure(problem.Error.Error.Code, context.Request.Path, TraceIdOf(context), exception);
            }

            await WriteAsync(context, problem, problem.Error.Status);
        }
    }

    private static ReadProblem Translate(Exception exception) => exception switch
    {
        ReadProblem problem => problem,
        PostgresException { SqlState: ['2', '2', ..] } value => ReadErrors.BadFilter.With($"{value.MessageText}.", exception),
        PostgresException { SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName } => ReadErrors.NotPrepared.With("Its table is not there.", exception),
        NpgsqlException store when PostgresErrors.Classify(store).Error != PostgresErrors.Failed => ReadErrors.StoreUnavailable.With("It does not answer, or not in time.", exception),
        _ => ReadErrors.Internal.With("Nothing more is told here.", exception),
    };

    private static Task WriteAsync(HttpContext context, ReadProblem problem, int status)
    {
        var error = problem.Error.Error;
        context.Response.Headers.CacheControl = "no-store";
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = RetrySeconds;
        }

        context.Response.StatusCode = status;
        var body = new ProblemDetails
        {
            Type = $"/problems/{error.Code}",
            Title = error.Title,
            Status = status,
            Detail = problem.Detail,
            Instance = context.Request.Path,
            Extensions = { ["code"] = error.Code, ["hint"] = error.Remedy, ["traceId"] = TraceIdOf(context) },
        };
        return context.Response.WriteAsJsonAsync(body, JsonSerializerOptions.Web, MediaType, context.RequestAborted);
    }

    private static string TraceIdOf(HttpContext context) => Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;

    [LoggerMessage(4520, LogLevel.Warning, "{Code} {Path} traceId {TraceId}")]
    private partial void LogFailure(string code, string path, string traceId, Exception exception);
}
