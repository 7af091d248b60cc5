namespace Streams.Cli.Soak;

/// <summary>What happened, counted by many at once.</summary>
public sealed class SoakTally
{
    private long _writes;
    private long _reads;
    private long _hits;
    private long _readErrors;
    private long _ownWritesMissed;

    /// <summary>Committed write statements and requests.</summary>
    public long Writes => Volatile.Read(ref _writes);

    /// <summary>Answered reads.</summary>
    public long Reads => Volatile.Read(ref _reads);

    /// <summary>Reads answered from the cache.</summary>
    public long Hits => Volatile.Read(ref _hits);

    /// <summary>Reads that got no answer or a 5xx.</summary>
    public long ReadErrors => Volatile.Read(ref _readErrors);

    /// <summary>Reads with a commit token that showed an older version than the writer's own.</summary>
    public long OwnWritesMissed => Volatile.Read(ref _ownWritesMissed);

    /// <summary>SIGKILLs of the sink.</summary>
    public int Kills { get; set; }

    /// <summary>FLUSHALLs.</summary>
    public int Flushes { get; set; }

    /// <summary>Counts a write.</summary>
    public void Wrote() => Interlocked.Increment(ref _writes);

    /// <summary>Counts a read.</summary>
    public void Read(bool hit)
    {
        Interlocked.Increment(ref _reads);
        if (hit)
        {
            Interlocked.Increment(ref _hits);
        }
    }

    /// <summary>Counts a read without an answer.</summary>
    public void ReadFailed() => Interlocked.Increment(ref _readErrors);

    /// <summary>Counts a writer that did not see its own write.</summary>
    public void MissedOwnWrite() => Interlocked.Increment(ref _ownWritesMissed);
}
