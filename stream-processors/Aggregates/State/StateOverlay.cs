namespace Streams.Processors.Aggregates.State;

/// <summary>One family of a store with changes on top that are not written yet; what was read stays at hand.</summary>
/// <param name="store">The store.</param>
/// <param name="family">The family.</param>
/// <param name="keptMax">Entries that stay at hand when the changes are written. 0: none, of keys that seldom come twice.</param>
public sealed class StateOverlay(IStateStore store, StateFamily family, int keptMax = 50_000)
{
    private readonly Dictionary<byte[], byte[]?> _known = new(ByteComparer.Instance);
    private readonly HashSet<byte[]> _changed = new(ByteComparer.Instance);

    /// <summary>The value as the changes leave it.</summary>
    public byte[]? Get(byte[] key) => _known.TryGetValue(key, out var value) ? value : _known[key] = store.Get(family, key);

    /// <summary>Sets a key.</summary>
    public void Put(byte[] key, byte[] value) => Set(key, value);

    /// <summary>Removes a key.</summary>
    public void Delete(byte[] key) => Set(key, null);

    /// <summary>Moves the changes into a batch.</summary>
    public void Into(StateBatch batch)
    {
        foreach (var key in _changed)
        {
            if (_known[key] is { } value)
            {
                batch.Put(family, key, value);
            }
            else
            {
                batch.Delete(family, key);
            }
        }

        _changed.Clear();
        if (_known.Count > keptMax)
        {
            _known.Clear();
        }
    }

    private void Set(byte[] key, byte[]? value)
    {
        _known[key] = value;
        _changed.Add(key);
    }
}
