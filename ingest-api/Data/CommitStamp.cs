namespace Streams.IngestApi.Data;

/// <summary>The <c>Streams-Commit</c> header of a write: which history of Postgres, and the transaction's 64-bit id.</summary>
internal static class CommitStamp
{
    public const string Header = "Streams-Commit";

    private const string Sql = """
        SELECT (SELECT system_identifier FROM pg_control_system())
               || '/' || ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int
               || '/' || coalesce((SELECT (extract(epoch FROM stats_reset) * 1000000)::bigint FROM pg_stat_wal), 0)
               || ';' || pg_current_xact_id()::text
        """;

    /// <summary>Reads it inside the transaction.</summary>
    public static Task<string> ReadAsync(WriteSession session) => session.SingleAsync<string>(Sql);
}
