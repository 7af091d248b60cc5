using System.Buffers.Binary;
using Streams.Processors.Aggregates.State;

namespace Streams.Processors.Aggregates.Sessions;

/// <summary>
/// Slots and buckets whose group's statement has not come yet, at each version that was stated: of few groups, and soon gone. A newer one does not take
/// the place of an older one: somebody ahead may have said it who has died since, and the group's next statement is of the moment between.
/// </summary>
internal sealed class Waiting
{
    private readonly StateOverlay _states;
    private readonly Dictionary<byte[], Dictionary<byte[], SortedSet<long>>> _groups = new(ByteComparer.Instance);

    public Waiting(IStateStore store)
    {
        _states = new StateOverlay(store, StateFamily.Waiting);
        foreach (var (stored, _) in store.Scan(StateFamily.Waiting, []))
        {
            var key = stored[..^sizeof(long)];
            Note(PartialKey.Of(PartialKey.CellOf(key).Group, PartialKey.RawOf(key)), key, BinaryPrimitives.ReadInt64BigEndian(stored.AsSpan(key.Length)));
        }
    }

    /// <summary>Whether anything waits, of a group and raw partition.</summary>
    public bool IsAny(byte[] group) => _groups.ContainsKey(group);

    /// <summary>What waits at this version or below, of a group and raw partition.</summary>
    public IEnumerable<byte[]> Keys(byte[] group, long version) =>
        _groups.TryGetValue(group, out var held) ? held.Where(one => one.Value.Min <= version).Select(one => one.Key) : [];

    /// <summary>Whether a statement waits whose version is in this range, ends included.</summary>
    public bool Has(byte[] group, byte[] key, long from, long until) =>
        _groups.TryGetValue(group, out var held) && held.TryGetValue(key, out var versions) && versions.GetViewBetween(from, Math.Max(from, until)).Count > 0;

    /// <summary>The newest statement that waits at this version or below, with its version.</summary>
    public byte[] Newest(byte[] group, byte[] key, long version) => _states.Get(At(key, _groups[group][key].GetViewBetween(long.MinValue, version).Max))!;

    /// <summary>Lets a statement wait.</summary>
    public void Put(byte[] group, byte[] key, long version, byte[] rest)
    {
        _states.Put(At(key, version), Versioned.Write(version, rest));
        Note(group, key, version);
    }

    /// <summary>The group's statement at this version has come: what waits there or below does so no more.</summary>
    public void Clear(byte[] group, long version)
    {
        if (!_groups.TryGetValue(group, out var held))
        {
            return;
        }

        foreach (var (key, versions) in held.ToList())
        {
            foreach (var old in versions.GetViewBetween(long.MinValue, version).ToList())
            {
                _states.Delete(At(key, old));
                versions.Remove(old);
            }

            if (versions.Count == 0)
            {
                held.Remove(key);
            }
        }

        if (held.Count == 0)
        {
            _groups.Remove(group);
        }
    }

    /// <summary>A raw partition was swept: what is older is empty.</summary>
    public void Forget(int raw, long version)
    {
        foreach (var group in _groups.Keys.Where(group => PartialKey.RawOf(group) == raw).ToList())
        {
            Clear(group, version - 1);
        }
    }

    /// <summary>Moves the changes into a batch.</summary>
    public void Into(StateBatch batch) => _states.Into(batch);

    private void Note(byte[] group, byte[] key, long version)
    {
        if (!_groups.TryGetValue(group, out var held))
        {
            _groups[group] = held = new(ByteComparer.Instance);
        }

        if (!held.TryGetValue(key, out var versions))
        {
            held[key] = versions = [];
        }

        versions.Add(version);
    }

    private static byte[] At(byte[] key, long version)
    {
        var at = new byte[key.Length + sizeof(long)];
        key.CopyTo(at, 0);
        BinaryPrimitives.WriteInt64BigEndian(at.AsSpan(key.Length), version);
        return at;
    }
}
