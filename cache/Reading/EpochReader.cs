using Streams.Core.Errors;
using Streams.Postgres;

namespace Streams.Cache.Reading;

/// <summary>The durable epoch record as a reader holds it: read once, and again when Redis shows a number that it does not know.</summary>
/// <param name="primary">Where the record is.</param>
/// <param name="time">Clock.</param>
internal sealed class EpochReader(IPrimary primary, TimeProvider time)
{
    // While a re-floor is under way every read sees something that does not fit; they share one look at the database. A number that was never
    // seen before is looked up at once: its record was written before Redis showed it.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly SemaphoreSlim _one = new(1, 1);
    private EpochRecord? _current;
    private long _readAt;
    private long _sought = -1;

    /// <summary>The record, read now if none is held. Null: there is none yet, or it cannot be read.</summary>
    public ValueTask<EpochRecord?> GetAsync(CancellationToken cancellationToken) =>
        Volatile.Read(ref _current) is { } current ? new(current) : new(RefreshAsync(0, cancellationToken));

    /// <summary>Reads the record again, unless that was done a moment ago.</summary>
    /// <param name="seen">Highest number that Redis showed; 0 when it showed none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<EpochRecord?> RefreshAsync(long seen, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (seen > _sought || time.GetElapsedTime(_readAt) >= Pause)
            {
                (_readAt, _sought) = (time.GetTimestamp(), Math.Max(seen, _sought));
                Volatile.Write(ref _current, await primary.ReadEpochAsync(cancellationToken) ?? _current);
            }
        }
        catch (StreamsException)
        {
            // The read itself goes to the same primary next and reports what is wrong with it; without an epoch it is not stored.
            _readAt = time.GetTimestamp();
        }
        finally
        {
            _one.Release();
        }

        return Volatile.Read(ref _current);
    }
}
