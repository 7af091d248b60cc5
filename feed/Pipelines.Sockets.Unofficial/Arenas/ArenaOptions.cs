using System.Buffers;

namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>How an arena treats its memory. The numbers are those of the package.</summary>
[Flags]
public enum ArenaFlags
{
    /// <summary>Nothing special.</summary>
    None = 0,

    /// <summary>Clear what was used at each reset.</summary>
    ClearAtReset = 1,

    /// <summary>Clear everything at the end.</summary>
    ClearAtDispose = 2,
}

/// <summary>Settings of an <see cref="Arena{T}"/>.</summary>
public sealed class ArenaOptions(ArenaFlags flags = ArenaFlags.None, int blockSizeBytes = 0, Func<long, long, long>? retentionPolicy = null)
{
    /// <summary>How memory is treated.</summary>
    public ArenaFlags Flags { get; } = flags;

    /// <summary>Wanted size of a block in bytes; 0 = 128 KiB.</summary>
    public int BlockSizeBytes { get; } = blockSizeBytes;

    /// <summary>(kept so far, used now) → bytes to keep at a reset.</summary>
    public Func<long, long, long>? RetentionPolicy { get; } = retentionPolicy;
}

/// <summary>Where an arena takes its blocks from.</summary>
public abstract class Allocator<T>
{
    /// <summary>A block of at least one element, near <paramref name="length"/> elements.</summary>
    public abstract IMemoryOwner<T> Allocate(int length);

    /// <summary>Sets the first <paramref name="length"/> elements to their default.</summary>
    public virtual void Clear(IMemoryOwner<T> allocation, int length) => allocation.Memory.Span[..length].Clear();
}
