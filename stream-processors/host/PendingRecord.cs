namespace Streams.Processors.Host;

/// <summary>
/// A raw record under way. It is done when every output that it caused is acknowledged. Created and asked by the consume loop; acknowledgements
/// come from the producer's thread.
/// </summary>
/// <param name="offset">Offset of the raw record.</param>
internal sealed class PendingRecord(long offset)
{
    // One for the loop itself, given back by Sealed: outputs that are acknowledged while others are still to be sent do not finish the record.
    private int _open = 1;

    public long Offset { get; } = offset;

    public bool IsDone => Volatile.Read(ref _open) == 0;

    /// <summary>One more output is sent.</summary>
    public void Sending() => Interlocked.Increment(ref _open);

    /// <summary>One output is acknowledged.</summary>
    public void Acknowledged() => Interlocked.Decrement(ref _open);

    /// <summary>All outputs are sent.</summary>
    public void Sealed() => Acknowledged();
}
