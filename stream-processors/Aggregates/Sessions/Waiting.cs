using Streams.Processors.Aggregates.State;

namespace Streams.Processors.Aggregates.Sessions;

/// <summary>Slots and buckets whose group's statement has not come yet, the newest of each: of few groups, and soon gone.</summary>
internal sealed class Waiting
{
    private readonly StateOverlay _states;
    private readonly Dictionary<byte[], HeldBack> _groups = new(ByteComparer.Instance);

    public Waiting(IStateStore store)
    {
        _states = new StateOverlay(store, StateFamily.Waiting);
        foreach (var (key, value) in store.Scan(StateFamily.Waiting, []))
        {
            Note(PartialKey.Of(PartialKey.CellOf(key).Group, PartialKey.RawOf(key)), key, Versioned.Read(value).Version);
        }
    }

    /// <summary>Highest version that waits, of a group and raw partition; null: nothing does.</summary>
    public long? Highest(byte[] group) => _groups.TryGetValue(group, out var held) ? held.Highest : null;

    /// <summary>What waits, of a group and raw partition.</summary>
    public IReadOnlyCollection<byte[]> Keys(byte[] group) => _groups.TryGetValue(group, out var held) ? held.Keys : [];

    /// <summary>A statement that waits, with its version; null: none.</summary>
    public byte[]? Get(byte[] key) => _states.Get(key);

    /// <summary>Lets a statement wait, unless a newer one does.</summary>
    public void Put(byte[] group, byte[] key, long version, byte[] rest)
    {
        if (Get(key) is { } held && Versioned.Read(held).Version >= version)
        {
            return;
        }

        _states.Put(key, Versioned.Write(version, rest));
        Note(group, key, version);
    }

    /// <summary>The group's statement has come.</summary>
    public void Clear(byte[] group)
    {
        foreach (var key in Keys(group))
        {
            _states.Delete(key);
        }

        _groups.Remove(group);
    }

    /// <summary>A raw partition was swept: what is older is empty.</summary>
    public void Forget(int raw, long version)
    {
        foreach (var (group, held) in _groups.Where(one => PartialKey.RawOf(one.Key) == raw).ToList())
        {
            foreach (var key in held.Keys.Where(key => Versioned.Read(_states.Get(key)!).Version < version).ToList())
            {
                _states.Delete(key);
                held.Keys.Remove(key);
            }

            if (held.Keys.Count == 0)
            {
                _groups.Remove(group);
            }
        }
    }

    /// <summary>Moves the changes into a batch.</summary>
    public void Into(StateBatch batch) => _states.Into(batch);

    private void Note(byte[] group, byte[] key, long version)
    {
        if (!_groups.TryGetValue(group, out var held))
        {
            _groups[group] = held = new HeldBack();
        }

        held.Keys.Add(key);
        held.Highest = Math.Max(held.Highest, version);
    }

    private sealed class HeldBack
    {
        public HashSet<byte[]> Keys { get; } = new(ByteComparer.Instance);

        public long Highest { get; set; }
    }
}
