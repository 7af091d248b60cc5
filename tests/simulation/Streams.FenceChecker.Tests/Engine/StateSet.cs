using System.Numerics;
using System.Runtime.InteropServices;

namespace Streams.FenceChecker.Tests.Engine;

/// <summary>
/// Every state seen so far, whole (no hash compaction: two states are one only if all bytes agree), numbered in order of discovery.
/// Open addressing over numbers; states live in chunks, so that growing never copies them.
/// </summary>
public sealed class StateSet<TState>
    where TState : unmanaged
{
    private const int ChunkBits = 15;
    private const int ChunkSize = 1 << ChunkBits;
    private readonly List<TState[]> _chunks = [];
    private readonly List<int> _parents = [];
    private int[] _table = NewTable(1 << 14);

    /// <summary>Number of states.</summary>
    public int Count => _parents.Count;

    /// <summary>The state with this number.</summary>
    public ref readonly TState this[int number] => ref _chunks[number >> ChunkBits][number & (ChunkSize - 1)];

    /// <summary>Number of the state from which <paramref name="number"/> was first reached; −1 for the initial one.</summary>
    public int ParentOf(int number) => _parents[number];

    /// <summary>Adds a state. False if it was there; either way <paramref name="number"/> is its number.</summary>
    public bool Add(in TState state, int parent, out int number)
    {
        var at = Locate(state);
        if (_table[at] >= 0)
        {
            number = _table[at];
            return false;
        }

        number = Append(state, parent);
        _table[at] = number;
        if (Count * 3L > _table.Length * 2L)
        {
            Grow();
        }

        return true;
    }

    private static int[] NewTable(int size)
    {
        var table = GC.AllocateUninitializedArray<int>(size);
        Array.Fill(table, -1);
        return table;
    }

    private static uint Hash(in TState state)
    {
        const ulong multiplier = 0x9FB21C651E98DF25;
        var bytes = ByteOrder.Of(state);
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        var hash = 0x243F6A8885A308D3UL;
        foreach (var word in words)
        {
            hash = (BitOperations.RotateLeft(hash, 29) ^ word) * multiplier;
        }

        foreach (var value in bytes[(words.Length * sizeof(ulong))..])
        {
            hash = (BitOperations.RotateLeft(hash, 9) ^ value) * multiplier;
        }

        hash ^= hash >> 31;
        hash *= multiplier;
        return (uint)(hash >> 32);
    }

    private int Locate(in TState state)
    {
        var mask = _table.Length - 1;
        var at = (int)(Hash(state) & (uint)mask);
        var bytes = ByteOrder.Of(state);
        while (_table[at] >= 0 && !bytes.SequenceEqual(ByteOrder.Of(this[_table[at]])))
        {
            at = (at + 1) & mask;
        }

        return at;
    }

    private int Append(in TState state, int parent)
    {
        var number = Count;
        if (number >> ChunkBits == _chunks.Count)
        {
            _chunks.Add(GC.AllocateUninitializedArray<TState>(ChunkSize));
        }

        _chunks[number >> ChunkBits][number & (ChunkSize - 1)] = state;
        _parents.Add(parent);
        return number;
    }

    private void Grow()
    {
        _table = NewTable(_table.Length * 2);
        for (var number = 0; number < Count; number++)
        {
            _table[Vacant(this[number])] = number;
        }
    }

    /// <summary>While the table is rebuilt all states differ: the first free place is the right one.</summary>
    private int Vacant(in TState state)
    {
        var mask = _table.Length - 1;
        var at = (int)(Hash(state) & (uint)mask);
        while (_table[at] >= 0)
        {
            at = (at + 1) & mask;
        }

        return at;
    }
}
