using System.Text;
using Streams.IngestApi.Http.Problems;

namespace Streams.IngestApi.Http.Idempotency;

/// <summary>
/// The <c>Idempotency-Key</c> header (draft-ietf-httpapi-idempotency-key-header-07): a structured-field string in quotes; taken bare too.
/// </summary>
internal static class IdempotencyKey
{
    public const string Header = "Idempotency-Key";
    public const int MaxLength = 255;

    /// <summary>The key, or null if the header is absent.</summary>
    public static string? Parse(HttpRequest request)
    {
        var values = request.Headers[Header];
        if (values.Count == 0)
        {
            return null;
        }

        var key = values.Count == 1 ? Unquote((values[0] ?? "").Trim(' ')) : null;
        return key is { Length: > 0 and <= MaxLength }
            ? key
            : throw ApiErrors.BadIdempotencyKey.With(values.Count > 1 ? "It was sent twice." : "It is empty, too long, or not printable ASCII.");
    }

    /// <summary>Content of a structured string (RFC 8941 section 3.3.3), or the bare text; null if it is neither.</summary>
    private static string? Unquote(string text)
    {
        if (text.Any(c => c is < ' ' or > '~'))
        {
            return null;
        }

        if (!text.StartsWith('"'))
        {
            return text.Contains('"', StringComparison.Ordinal) || text.Contains(' ', StringComparison.Ordinal) ? null : text;
        }

        var content = new StringBuilder();
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                return i == text.Length - 1 ? content.ToString() : null;
            }

            if (text[i] == '\\' && (++i == text.Length || text[i] is not ('"' or '\\')))
            {
                return null;
            }

            content.Append(text[i]);
        }

        return null;
    }
}
