using System.Text.Json;
using Streams.IngestApi.Data;
using Streams.IngestApi.Http.Problems;

namespace Streams.IngestApi.Http.Idempotency;

/// <summary>
/// Answers by key in <c>streams.idempotency_key</c>, written in the transaction of the request itself: the row is there if and only if the
/// change is. A lock for the length of that transaction tells a repetition that the first one is still running.
/// </summary>
internal static class IdempotencyStore
{
    /// <summary>How long an answer can be replayed.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromHours(24);

    private const string Lock = "SELECT pg_try_advisory_xact_lock(hashtextextended(@scope || E'\\n' || @key, 0))";

    private const string Find = """
        SELECT fingerprint, status, headers::text AS headers, body FROM streams.idempotency_key
        WHERE scope = @scope AND key = @key AND created_at > clock_timestamp() - @window
        """;

    private const string Save = """
        INSERT INTO streams.idempotency_key (scope, key, fingerprint, status, headers, body)
        VALUES (@scope, @key, @fingerprint, @status, @headers::jsonb, @body)
        ON CONFLICT (scope, key) DO UPDATE
        SET fingerprint = excluded.fingerprint, status = excluded.status, headers = excluded.headers, body = excluded.body, created_at = clock_timestamp()
        """;

    /// <summary>The stored answer, or null if the request is to be done now.</summary>
    /// <exception cref="ApiException">409 while the first request runs; 422 when it asked for something else.</exception>
    public static async Task<ApiReply?> BeginAsync(WriteSession session, IdempotentRequest request)
    {
        if (!await session.SingleAsync<bool>(Lock, new { scope = request.Scope, key = request.Key }))
        {
            throw ApiErrors.IdempotencyBusy.With("Its answer is not known yet.").WithHeader("Retry-After", "1");
        }

        var stored = await session.OptionalAsync<StoredAnswer>(Find, new { scope = request.Scope, key = request.Key, window = Window });
        if (stored is null)
        {
            return null;
        }

        return stored.Fingerprint.AsSpan().SequenceEqual(request.Fingerprint)
            ? Replay(stored)
            : throw ApiErrors.IdempotencyMismatch.With("The body differs from that of the first request.");
    }

    /// <summary>Stores the answer with the change.</summary>
    public static Task CompleteAsync(WriteSession session, IdempotentRequest request, ApiReply reply) => session.ExecuteAsync(Save, new
    {
        scope = request.Scope,
        key = request.Key,
        fingerprint = request.Fingerprint,
        status = reply.Status,
        headers = JsonSerializer.Serialize(reply.Headers),
        body = reply.Body.ToArray(),
    });

    private static ApiReply Replay(StoredAnswer stored)
    {
        var headers = JsonSerializer.Deserialize<Dictionary<string, string>>(stored.Headers)!;
        return new ApiReply { Status = stored.Status, Body = stored.Body, Headers = headers }.With("Idempotency-Replayed", "true");
    }

    private sealed record StoredAnswer(byte[] Fingerprint, int Status, string Headers, byte[] Body);
}
