using Npgsql;
using Streams.Core.Errors;
using Streams.Postgres;

namespace Streams.AnalyticsSink.Host.Store;

/// <summary>Puts what the store answers into the catalogue.</summary>
internal static class StoreGuard
{
    /// <exception cref="StreamsException">STR5051 for rows that Postgres refuses, STR5052 for a table that is gone, else of <see cref="PostgresErrors"/>.</exception>
    public static async Task<T> RunAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (NpgsqlException exception)
        {
            throw Classify(exception);
        }
    }

    private static StreamsException Classify(NpgsqlException exception) => exception is not PostgresException answer
        ? PostgresErrors.Classify(exception)
        : answer.SqlState[..2] switch
        {
            // Data, integrity and program limits: one row is at fault, and it will be so for ever.
            "22" or "23" or "54" => AnalyticsErrors.RowRefused.With($"{answer.SqlState}: {answer.MessageText}.", exception),
            _ when answer.SqlState == PostgresErrorCodes.UndefinedTable => AnalyticsErrors.Superseded.With($"{answer.MessageText}.", exception),
            _ when answer.SqlState == PostgresErrorCodes.DependentObjectsStillExist => AnalyticsErrors.ViewInUse.With($"{answer.MessageText}: {answer.Detail}.", exception),
            _ => PostgresErrors.Classify(exception),
        };
}
