namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>Flags of an arena.</summary>
[Flags]
public enum ArenaFlags
{
    /// <summary>Defaults.</summary>
    None = 0,

    /// <summary>Clear what was allocated when the arena is reset.</summary>
    ClearAtReset = 1,

    /// <summary>Clear what was allocated when the arena is disposed.</summary>
    ClearAtDispose = 2,
}

/// <summary>Options of an arena.</summary>
public sealed class ArenaOptions(ArenaFlags flags = ArenaFlags.None, int blockSizeBytes = 0, Func<long, long, long>? retentionPolicy = null)
{
    /// <summary>Flags.</summary>
    public ArenaFlags Flags { get; } = flags;

    /// <summary>Preferred block size; 0 = default.</summary>
    public int BlockSizeBytes { get; } = blockSizeBytes;

    /// <summary>How much to keep over a reset. Not needed here: a reset keeps the one block.</summary>
    public Func<long, long, long>? RetentionPolicy { get; } = retentionPolicy;
}

/// <summary>Where an arena's memory comes from. The arena here takes arrays of its own.</summary>
/// <typeparam name="T">Element.</typeparam>
public abstract class Allocator<T>
{
}

/// <summary>
/// Hands out sequences from one growing block and takes all of them back at a reset. Unlike the package's, a sequence never spans blocks: one that
/// does not fit gets an array of its own.
/// </summary>
/// <typeparam name="T">Element.</typeparam>
public sealed class Arena<T>(ArenaOptions? options = null, Allocator<T>? allocator = null) : IDisposable
{
    private const int BlockLength = 512;
    private readonly Allocator<T>? _unused = allocator;
    private readonly bool _clear = options?.Flags.HasFlag(ArenaFlags.ClearAtReset) ?? true;
    private T[] _block = new T[BlockLength];
    private int _used;

    /// <summary>Whether an allocator was given; it is not asked.</summary>
    public bool HasAllocator => _unused is not null;

    /// <summary>A sequence of that length; valid until the next reset.</summary>
    public Sequence<T> Allocate(int length)
    {
        if (length > _block.Length - _used)
        {
            if (length > BlockLength / 4)
            {
                return new Sequence<T>(new T[length], 0, length);
            }

            // Sequences handed out before keep the old block alive.
            _block = new T[BlockLength];
            _used = 0;
        }

        var start = _used;
        _used += length;
        return new Sequence<T>(_block, start, length);
    }

    /// <summary>Takes everything back.</summary>
    public void Reset()
    {
        if (_clear)
        {
            Array.Clear(_block, 0, _used);
        }

        _used = 0;
    }

    /// <inheritdoc/>
    public void Dispose() => Reset();
}
