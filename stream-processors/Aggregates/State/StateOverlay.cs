using System.Runtime.InteropServices;

namespace Streams.Processors.Aggregates.State;

/// <summary>One family of a store with changes on top that are not written yet; what was read stays at hand.</summary>
/// <param name="store">The store.</param>
/// <param name="family">The family.</param>
/// <param name="keptMax">Entries that stay at hand when the changes are written. 0: none, of keys that seldom come twice, or of large values.</param>
public sealed class StateOverlay(IStateStore store, StateFamily family, int keptMax = 10_000)
{
    private readonly Dictionary<byte[], Entry> _known = new(ByteComparer.Instance);
    private readonly List<byte[]> _changed = [];

    /// <summary>The value as the changes leave it.</summary>
    public byte[]? Get(byte[] key)
    {
        ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(_known, key, out var isKnown);
        if (!isKnown)
        {
            entry.Value = store.Get(family, key);
        }

        return entry.Value;
    }

    /// <summary>Sets a key.</summary>
    public void Put(byte[] key, byte[] value) => Set(key, value);

    /// <summary>Removes a key.</summary>
    public void Delete(byte[] key) => Set(key, null);

    /// <summary>Sets a key, or removes it.</summary>
    public void Set(byte[] key, byte[]? value)
    {
        ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(_known, key, out _);
        entry.Value = value;
        if (!entry.IsChanged)
        {
            entry.IsChanged = true;
            _changed.Add(key);
        }
    }

    /// <summary>Moves the changes into a batch.</summary>
    public void Into(StateBatch batch)
    {
        foreach (var key in _changed)
        {
            ref var entry = ref CollectionsMarshal.GetValueRefOrNullRef(_known, key);
            entry.IsChanged = false;
            if (entry.Value is { } value)
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

    private struct Entry
    {
        public byte[]? Value;
        public bool IsChanged;
    }
}
