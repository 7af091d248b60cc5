namespace Streams.Cache.Reading;

/// <summary>
/// Keeps readers from waiting for a Redis that does not answer: after some failures in a row it is left alone for a while, then one
/// reader tries.
/// </summary>
/// <param name="time">Clock.</param>
/// <param name="failures">Failures in a row that open it.</param>
/// <param name="pause">How long it stays open.</param>
internal sealed class Circuit(TimeProvider time, int failures, TimeSpan pause)
{
    private int _inARow;
    private long _openUntil;

    /// <summary>Whether Redis may be asked. While open, true for one caller per pause.</summary>
    public bool Allows()
    {
        if (Volatile.Read(ref _inARow) < failures)
        {
            return true;
        }

        var now = time.GetTimestamp();
        var until = Volatile.Read(ref _openUntil);
        return now >= until && Interlocked.CompareExchange(ref _openUntil, Later(now), until) == until;
    }

    /// <summary>Redis answered.</summary>
    public void Succeeded() => Volatile.Write(ref _inARow, 0);

    /// <summary>Redis failed, or did not answer in time.</summary>
    public void Failed()
    {
        Volatile.Write(ref _openUntil, Later(time.GetTimestamp()));
        Interlocked.Increment(ref _inARow);
    }

    private long Later(long now) => now + (long)(pause.TotalSeconds * time.TimestampFrequency);
}
