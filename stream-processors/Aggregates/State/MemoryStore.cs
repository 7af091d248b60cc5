namespace Streams.Processors.Aggregates.State;

/// <summary>A store in memory: what a test kills and opens again.</summary>
public sealed class MemoryStore : IStateStore
{
    private readonly Dictionary<StateFamily, SortedDictionary<byte[], byte[]>> _families = [];

    /// <inheritdoc/>
    public byte[]? Get(StateFamily family, ReadOnlySpan<byte> key) => Of(family).GetValueOrDefault(key.ToArray());

    /// <inheritdoc/>
    public IEnumerable<KeyValuePair<byte[], byte[]>> Scan(StateFamily family, byte[] prefix, bool descending = false)
    {
        var found = Of(family).Where(entry => entry.Key.AsSpan().StartsWith(prefix)).ToList();
        if (descending)
        {
            found.Reverse();
        }

        return found;
    }

    /// <inheritdoc/>
    public IEnumerable<KeyValuePair<byte[], byte[]>> Range(StateFamily family, byte[] from, byte[] until) =>
        Of(family).Where(entry => entry.Key.AsSpan().SequenceCompareTo(from) >= 0 && entry.Key.AsSpan().SequenceCompareTo(until) < 0).ToList();

    /// <inheritdoc/>
    public void Write(StateBatch batch)
    {
        foreach (var (family, key, value) in batch.Changes)
        {
            if (value is null)
            {
                Of(family).Remove(key);
            }
            else
            {
                Of(family)[key] = value;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private SortedDictionary<byte[], byte[]> Of(StateFamily family)
    {
        if (!_families.TryGetValue(family, out var entries))
        {
            _families[family] = entries = new SortedDictionary<byte[], byte[]>(ByteComparer.Instance);
        }

        return entries;
    }
}
