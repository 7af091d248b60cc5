namespace Streams.Registry.Log;

/// <summary>A record of the log, or the mark that its end was reached.</summary>
/// <param name="Offset">Offset of the record; of the end, the next one.</param>
/// <param name="Key">Key; null for the mark.</param>
/// <param name="Value">Value; null for a deletion and for the mark.</param>
public sealed record LogItem(long Offset, byte[]? Key, byte[]? Value);

/// <summary>The compacted log that is the registry's only store.</summary>
public interface IRegistryLog
{
    /// <summary>Every record from the first on, then what comes; a mark whenever the end is reached. Ends only with the token or an error.</summary>
    /// <exception cref="Core.Errors.StreamsException">STR6101, STR6102.</exception>
    IAsyncEnumerable<LogItem> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Appends records in order and returns the offset of the last, once every replica in sync has them.</summary>
    /// <exception cref="Core.Errors.StreamsException">STR6101. Whether they were written is then not known.</exception>
    Task<long> AppendAsync(IReadOnlyList<(byte[] Key, byte[]? Value)> records);
}
