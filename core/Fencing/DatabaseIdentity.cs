namespace Streams.Core.Fencing;

/// <summary>
/// Which history of which Postgres a statement was read from. Two different values mean that transactions of the first may be missing in the second.
/// </summary>
/// <param name="SystemId"><c>pg_control_system().system_identifier</c>.</param>
/// <param name="Timeline">Timeline that WAL is inserted on.</param>
/// <param name="Restart"><c>pg_stat_wal.stats_reset</c> in microseconds since 1970: new after an unclean restart, when commits with synchronous_commit=off may be lost.</param>
public readonly record struct DatabaseIdentity(long SystemId, int Timeline, long Restart)
{
    /// <summary><c>system/timeline/restart</c>, the form used in the <c>Streams-Commit</c> token.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{SystemId}/{Timeline}/{Restart}");
}
