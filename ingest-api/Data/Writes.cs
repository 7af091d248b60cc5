using Npgsql;
using Streams.Cache.Reading;
using Streams.IngestApi.Http;
using Streams.IngestApi.Http.Idempotency;
using Streams.IngestApi.Http.Problems;

namespace Streams.IngestApi.Data;

/// <summary>
/// Runs a write: one transaction on the primary with the change, the stored answer of its Idempotency-Key and the commit token. It touches
/// Postgres and nothing else; caches learn of it from the WAL.
/// </summary>
internal sealed class Writes(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>The commit token of a write.</summary>
    public const string CommitHeader = "Streams-Commit";

    private const int Attempts = 4;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);

    /// <summary>Does the work, again when it lost against another transaction.</summary>
    /// <param name="request">Key of a request that may be repeated, or null.</param>
    /// <param name="work">The change; what it throws rolls the transaction back.</param>
    /// <param name="cancellationToken">Deadline of the request.</param>
    public async Task<ApiReply> RunAsync(IdempotentRequest? request, Func<WriteSession, Task<ApiReply>> work, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await OnceAsync(request, work, cancellationToken);
            }
            catch (PostgresException exception) when (PostgresFaults.IsContention(exception) && attempt < Attempts)
            {
                await Task.Delay(FirstPause * (1 << attempt), clock, cancellationToken);
            }
        }
    }

    private async Task<ApiReply> OnceAsync(IdempotentRequest? request, Func<WriteSession, Task<ApiReply>> work, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var session = new WriteSession(transaction, cancellationToken);
        if (request is not null && await IdempotencyStore.BeginAsync(session, request) is { } stored)
        {
            return stored;
        }

        var reply = await work(session);
        reply.With(CommitHeader, (await CommitTokens.TakeAsync(connection, cancellationToken)).ToString());
        if (request is not null)
        {
            await IdempotencyStore.CompleteAsync(session, request, reply);
        }

        await CommitAsync(transaction, cancellationToken);
        return reply;
    }

    /// <summary>A connection that breaks here leaves the client without knowing: it is told so, never that nothing was written.</summary>
    private static async Task CommitAsync(NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        try
        {
            await transaction.CommitAsync(cancellationToken);
        }
        catch (Exception exception) when (OutcomeUnknown(exception))
        {
            throw PostgresFaults.Unavailable(ApiErrors.OutcomeUnknown, "The answer to COMMIT did not arrive.", exception);
        }
    }

    private static bool OutcomeUnknown(Exception exception) => exception switch
    {
        // The server answered: rolled back, unless it was stopped or cancelled while it waited for a standby (class 57).
        PostgresException answer => answer.SqlState.StartsWith("57", StringComparison.Ordinal),
        NpgsqlException or OperationCanceledException or IOException or TimeoutException => true,
        _ => false,
    };
}
