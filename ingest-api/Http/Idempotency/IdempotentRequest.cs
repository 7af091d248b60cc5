using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Streams.IngestApi.Http.Idempotency;

/// <summary>A request that may be repeated: what its key is unique in, the key, and what the request asked for.</summary>
/// <param name="Scope">Operation and client.</param>
/// <param name="Key">As sent.</param>
/// <param name="Fingerprint">Digest of the body's value: white space does not make another request.</param>
internal sealed record IdempotentRequest(string Scope, string Key, byte[] Fingerprint)
{
    /// <summary>Of a request, or null if it carries no key.</summary>
    public static IdempotentRequest? Of(HttpRequest request, JsonElement body) => IdempotencyKey.Parse(request) is { } key
        ? new IdempotentRequest($"{request.Method} {request.Path}{Client(request)}", key, SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(body)))
        : null;

    // Clients are told apart by their credentials, of which only a digest is stored.
    private static string Client(HttpRequest request) => request.Headers.Authorization is { Count: > 0 } credentials
        ? " " + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(credentials.ToString())).AsSpan(0, 16))
        : "";
}
