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
internal sealed class Writes(NpgsqlDataSource database, Patience patience, TimeProvider clock)
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
        var progress = new Progress();
        try
        {
            return await patience.BoundAsync(RetryAsync(progress, request, work, cancellationToken));
        }
        catch (ApiException late) when (late.Error == ApiErrors.Deadline && progress.Committing)
        {
            throw PostgresFaults.Unavailable(ApiErrors.OutcomeUnknown, "The answer to COMMIT did not arrive in time.", late);
        }
    }

    private async Task<ApiReply> RetryAsync(
        Progress progress, IdempotentRequest? request, Func<WriteSession, Task<ApiReply>> work, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await OnceAsync(progress, request, work, cancellationToken);
            }
            catch (PostgresException exception) when (PostgresFaults.IsContention(exception) && attempt < Attempts)
            {
                progress.Committing = false;
                await Task.Delay(FirstPause * (1 << attempt), clock, cancellationToken);
            }
        }
    }

    private async Task<ApiReply> OnceAsync(
        Progress progress, IdempotentRequest? request, Func<WriteSession, Task<ApiReply>> work, CancellationToken cancellationToken)
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

        // From here on the deadline does not mean that nothing was written.
        progress.Committing = true;
        cancellationToken.ThrowIfCancellationRequested();
        await CommitAsync(connection, transaction, cancellationToken);
        return reply;
    }

    /// <summary>
    /// A connection that breaks here leaves the client without knowing: it is told so, never that nothing was written. And a COMMIT that
    /// waited for a standby in vain (cancelled by us or by an operator) is done here only: the server warns, and it is not acknowledged.
    /// </summary>
    private static async Task CommitAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        var warned = false;
        connection.Notice += OnNotice;
        try
        {
            await transaction.CommitAsync(cancellationToken);
        }
        catch (Exception exception) when (OutcomeUnknown(exception))
        {
            throw PostgresFaults.Unavailable(ApiErrors.OutcomeUnknown, "The answer to COMMIT did not arrive.", exception);
        }
        finally
        {
            connection.Notice -= OnNotice;
        }

        if (warned || cancellationToken.IsCancellationRequested)
        {
            throw PostgresFaults.Unavailable(ApiErrors.OutcomeUnknown, "COMMIT did not finish in the ordinary way.");
        }

        void OnNotice(object sender, NpgsqlNoticeEventArgs notice) => warned |= notice.Notice.InvariantSeverity == "WARNING";
    }

    private static bool OutcomeUnknown(Exception exception) => exception switch
    {
        // The server answered: rolled back, unless it was stopped or cancelled while it waited for a standby (class 57).
        PostgresException answer => answer.SqlState.StartsWith("57", StringComparison.Ordinal),
        NpgsqlException or OperationCanceledException or IOException or TimeoutException => true,
        _ => false,
    };

    /// <summary>How far a write has come, for the one who stops waiting for it.</summary>
    private sealed class Progress
    {
        private volatile bool _committing;

        public bool Committing
        {
            get => _committing;
            set => _committing = value;
        }
    }
}
