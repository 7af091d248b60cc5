using Microsoft.Net.Http.Headers;
using Streams.IngestApi.Http.Problems;

namespace Streams.IngestApi.Http;

/// <summary>If-Match and If-None-Match (RFC 9110 section 13), with strong comparison: all tags here are strong.</summary>
internal static class Preconditions
{
    /// <summary>The condition that a change must carry.</summary>
    public static ChangeCondition RequireIfMatch(HttpRequest request)
    {
        var text = request.Headers.IfMatch;
        if (text.Count == 0)
        {
            throw ApiErrors.PreconditionRequired.With($"{request.Method} without If-Match could overwrite a change that the client has not seen.");
        }

        return new ChangeCondition(Parse(text, "If-Match"));
    }

    /// <summary>Whether the client holds what <paramref name="etag"/> names, so that 304 answers it.</summary>
    public static bool ClientHas(HttpRequest request, string etag)
    {
        var text = request.Headers.IfNoneMatch;
        // Weak comparison: W/"7" names the same representation as "7" for a GET.
        return text.Count > 0 && Parse(text, "If-None-Match").Any(tag => tag == EntityTagHeaderValue.Any || tag.Tag == etag);
    }

    private static IList<EntityTagHeaderValue> Parse(IList<string?> values, string header) =>
        EntityTagHeaderValue.TryParseStrictList([.. values.OfType<string>()], out var tags)
            ? tags
            : throw ApiErrors.BadCondition.With($"{header} is '{string.Join(", ", values)}'.");
}

/// <summary>If-Match of a change.</summary>
/// <param name="tags">Tags that the client accepts as the current one.</param>
internal sealed class ChangeCondition(IList<EntityTagHeaderValue> tags)
{
    /// <summary>Throws 412 with the current tag unless the condition holds.</summary>
    public void Require(long currentVersion)
    {
        var current = EntityTag.OfVersion(currentVersion);
        if (!tags.Any(tag => tag == EntityTagHeaderValue.Any || (!tag.IsWeak && tag.Tag == current)))
        {
            throw ApiErrors.PreconditionFailed
                .With($"The current ETag is {current}; If-Match was {string.Join(", ", tags)}.")
                .WithHeader("ETag", current);
        }
    }
}
