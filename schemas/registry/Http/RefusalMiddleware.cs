using Microsoft.AspNetCore.Http;

namespace Streams.Registry.Http;

/// <summary>Turns a refusal into Confluent's error body. The body's size is limited by the server.</summary>
internal sealed class RefusalMiddleware(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (RegistryException refusal) when (!context.Response.HasStarted)
        {
            await AnswerAsync(context, refusal.Status, refusal.ErrorCode, refusal.Message);
        }
        catch (BadHttpRequestException refusal) when (!context.Response.HasStarted)
        {
            await AnswerAsync(context, refusal.StatusCode, refusal.StatusCode, refusal.Message);
        }
    }

    private static Task AnswerAsync(HttpContext context, int status, int code, string message)
    {
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = "1";
        }

        return Answer.Json(new { error_code = code, message }, status).ExecuteAsync(context);
    }
}
