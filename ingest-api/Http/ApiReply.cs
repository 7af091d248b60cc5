using System.Text;

namespace Streams.IngestApi.Http;

/// <summary>An answer as it goes over the wire, and as it is stored for an Idempotency-Key.</summary>
internal sealed record ApiReply : IResult
{
    /// <summary>HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>JSON, or nothing.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Headers besides type and length.</summary>
    public Dictionary<string, string> Headers { get; init; } = [];

    /// <summary>200 with a body.</summary>
    public static ApiReply Ok(ReadOnlyMemory<byte> json) => new() { Status = StatusCodes.Status200OK, Body = json };

    /// <summary>A resource that was written, with its tag.</summary>
    public static ApiReply Resource(int status, string json)
    {
        var body = Encoding.UTF8.GetBytes(json);
        return new ApiReply { Status = status, Body = body }.With("ETag", EntityTag.OfBody(body));
    }

    /// <summary>201 of several resources.</summary>
    public static ApiReply Created(string json) => new() { Status = StatusCodes.Status201Created, Body = Encoding.UTF8.GetBytes(json) };

    /// <summary>204.</summary>
    public static ApiReply NoContent() => new() { Status = StatusCodes.Status204NoContent };

    /// <summary>Adds or replaces a header.</summary>
    public ApiReply With(string name, string value)
    {
        Headers[name] = value;
        return this;
    }

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Status;
        foreach (var (name, value) in Headers)
        {
            response.Headers[name] = value;
        }

        if (Body.IsEmpty)
        {
            return Task.CompletedTask;
        }

        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = Body.Length;
        return response.Body.WriteAsync(Body, httpContext.RequestAborted).AsTask();
    }
}
