using System.Collections.Frozen;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Streams.IngestApi.Http.Problems;

namespace Streams.IngestApi.Http.Body;

/// <summary>A request body: read within the limit, parsed strictly.</summary>
internal static class JsonBody
{
    private static readonly FrozenSet<string> MediaTypes = new[] { "application/json", "application/merge-patch+json" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = ApiJson.MaxDepth };

    /// <summary>Reads the whole body.</summary>
    /// <param name="request">Request.</param>
    /// <param name="maxBytes">Most that is read.</param>
    /// <param name="cancellationToken">Deadline of the request.</param>
    public static async Task<JsonElement> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        RequireMediaType(request.ContentType);
        if (request.ContentLength > maxBytes)
        {
            throw TooLarge(maxBytes);
        }

        using var buffer = new MemoryStream((int)(request.ContentLength ?? 0));
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(chunk, cancellationToken)) > 0)
        {
            if (buffer.Length + read > maxBytes)
            {
                throw TooLarge(maxBytes);
            }

            buffer.Write(chunk, 0, read);
        }

        return Parse(buffer.GetBuffer().AsMemory(0, (int)buffer.Length));
    }

    /// <summary>Parses one JSON value.</summary>
    public static JsonElement Parse(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.IsEmpty)
        {
            throw ApiErrors.MalformedJson.With("The body is empty.");
        }

        try
        {
            using var document = JsonDocument.Parse(utf8, Strict);
            return document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            throw ApiErrors.MalformedJson.With(exception.Message, inner: exception);
        }
        catch (Exception exception) when (exception is InvalidOperationException or DecoderFallbackException)
        {
            throw ApiErrors.MalformedJson.With("A name is not valid Unicode text.", inner: exception);
        }
    }

    /// <summary>The value as a contract type, checked.</summary>
    /// <param name="body">Parsed body.</param>
    /// <param name="readOnlyFields">Fields that may be there and are not looked at.</param>
    public static T As<T>(JsonElement body, IReadOnlySet<string> readOnlyFields)
    {
        try
        {
            new BodyCheck(readOnlyFields).Run(body, typeof(T));
            return body.Deserialize<T>(ApiJson.Options)!;
        }
        catch (Exception exception) when (exception is InvalidOperationException or JsonException)
        {
            throw ApiErrors.MalformedJson.With("A name or text is not valid Unicode.", inner: exception);
        }
    }

    private static void RequireMediaType(string? contentType)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type) || !MediaTypes.Contains(type.MediaType ?? "")
            || !(type.CharSet ?? "utf-8").Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        {
            throw ApiErrors.MediaType.With(contentType is null ? "There is no Content-Type." : $"'{contentType}' is not supported.");
        }
    }

    private static ApiException TooLarge(int maxBytes) => ApiErrors.TooLarge.With($"The limit is {maxBytes} bytes.");
}
