using Streams.Registry.Store;

namespace Streams.Registry.Log;

/// <summary>The durable order of everything that was decided.</summary>
public interface ISchemaLog
{
    /// <summary>Replays from the beginning, then follows, until the token is cancelled.</summary>
    /// <param name="apply">Called for each record with its offset, in order.</param>
    /// <param name="caughtUp">Called when everything that was there at the start is applied.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task FollowAsync(Action<long, LogRecord> apply, Action caughtUp, CancellationToken cancellationToken);

    /// <summary>Appends durably; returns the record's offset.</summary>
    Task<long> AppendAsync(LogRecord record, CancellationToken cancellationToken);
}
