using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>Memory for many small sequences that all end at once, at <see cref="Reset"/>. Not for several threads.</summary>
/// <remarks>Unlike in the package, a sequence never spans blocks: one that does not fit gets a block that is large enough.</remarks>
public sealed class Arena<T> : IDisposable
{
    private const int DefaultBlockBytes = 128 * 1024;

    private readonly Allocator<T> _allocator;
    private readonly Func<long, long, long> _retain;
    private readonly int _blockSize;
    private readonly List<Block> _blocks = [];
    private int _current, _used;
    private long _usedBefore, _retained;
    private bool _disposed;

    /// <summary>Memory is taken with the first allocation.</summary>
    public Arena(ArenaOptions? options = null, Allocator<T>? allocator = null)
    {
        _allocator = allocator ?? PooledArrays.Shared;
        _retain = options?.RetentionPolicy ?? (static (kept, used) => Math.Max((long)(kept * 0.9), used));
        var bytes = options?.BlockSizeBytes is > 0 and var wanted ? wanted : DefaultBlockBytes;
        _blockSize = Math.Max(1, bytes / Unsafe.SizeOf<T>());
    }

    /// <summary>A sequence of <paramref name="length"/> elements, all default, valid until the next reset.</summary>
    public Sequence<T> Allocate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ObjectDisposedException.ThrowIf(_disposed, this);
        while (_current < _blocks.Count && _blocks[_current].Length - _used < length)
        {
            _usedBefore += _used;
            _current++;
            _used = 0;
        }

        if (_current == _blocks.Count)
        {
            _blocks.Add(NewBlock(Math.Max(length, _blockSize)));
        }

        var block = _blocks[_current];
        var sequence = new Sequence<T>(block.Array, block.Offset + _used, length);
        _used += length;
        return sequence;
    }

    /// <summary>Ends all sequences. Their elements are cleared, so that they keep nothing alive; spare blocks go back.</summary>
    public void Reset()
    {
        _retained = _retain(_retained, (_usedBefore + _used) * Unsafe.SizeOf<T>());
        for (var i = 0; i < _blocks.Count && i <= _current; i++)
        {
            _allocator.Clear(_blocks[i].Owner, i < _current ? _blocks[i].Length : _used);
        }

        var kept = 0L;
        var spare = _blocks.FindIndex(b => (kept += (long)b.Length * Unsafe.SizeOf<T>()) > Math.Max(_retained, (long)_blockSize * Unsafe.SizeOf<T>()));
        Release(spare < 0 ? _blocks.Count : spare);
        (_current, _used, _usedBefore) = (0, 0, 0);
    }

    /// <summary>Gives all memory back.</summary>
    public void Dispose()
    {
        if (!_disposed)
        {
            Reset();
            Release(0);
            _disposed = true;
        }
    }

    private void Release(int from)
    {
        foreach (var block in _blocks.Skip(from))
        {
            block.Owner.Dispose();
        }

        _blocks.RemoveRange(from, _blocks.Count - from);
    }

    private Block NewBlock(int length)
    {
        var owner = _allocator.Allocate(length);
        if (!MemoryMarshal.TryGetArray<T>(owner.Memory, out var array) || array.Count < length)
        {
            owner.Dispose();
            throw new NotSupportedException($"The allocator must give arrays of at least {length} elements here.");
        }

        _allocator.Clear(owner, array.Count);
        return new Block(owner, array.Array!, array.Offset, array.Count);
    }

    private readonly record struct Block(IMemoryOwner<T> Owner, T[] Array, int Offset, int Length);

    private sealed class PooledArrays : Allocator<T>
    {
        internal static readonly PooledArrays Shared = new();

        public override IMemoryOwner<T> Allocate(int length) => MemoryPool<T>.Shared.Rent(length);
    }
}
