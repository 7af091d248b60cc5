using Streams.Core.Errors;
using Streams.Postgres;

namespace Streams.Cache.Reading;

/// <summary>The durable epoch record as a reader holds it: read once, and again when Redis shows a number that it does not know.</summary>
/// <param name="primary">Where the record is.</param>
/// <param name="time">Clock.</param>
internal sealed class EpochReader(IPrimary primary, TimeProvider time)
{
    // While a re-floor is under way every read sees an unknown number; they share one look at the database.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly SemaphoreSlim _one = new(1, 1);
    private EpochRecord? _current;
    private long _readAt;
    private bool _wasRead;

    /// <summary>The record, read now if none is held. Null: there is none yet, or it cannot be read.</summary>
    public ValueTask<EpochRecord?> GetAsync(CancellationToken cancellationToken) =>
        Volatile.Read(ref _current) is { } current ? new(current) : new(RefreshAsync(cancellationToken));

    /// <summary>Reads the record again, unless that was done a moment ago.</summary>
    public async Task<EpochRecord?> RefreshAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (!_wasRead || time.GetElapsedTime(_readAt) >= Pause)
            {
                Volatile.Write(ref _current, await primary.ReadEpochAsync(cancellationToken) ?? _current);
                (_readAt, _wasRead) = (time.GetTimestamp(), true);
            }
        }
        catch (StreamsException)
        {
            // The read itself goes to the same primary next and reports what is wrong with it; without an epoch it is not stored.
            (_readAt, _wasRead) = (time.GetTimestamp(), true);
        }
        finally
        {
            _one.Release();
        }

        return Volatile.Read(ref _current);
    }
}
