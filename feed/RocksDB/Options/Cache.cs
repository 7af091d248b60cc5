namespace RocksDbSharp;

/// <summary>A cache of uncompressed blocks, for any number of databases and column families.</summary>
public class Cache
{
    private Cache(ulong capacity) => Native = new CacheSafeHandle(capacity);

    internal CacheSafeHandle Native { get; }

    /// <summary>A cache of so many bytes that forgets what was not used for longest.</summary>
    public static Cache CreateLru(ulong capacity) => new(capacity);

    /// <summary>Changes the size.</summary>
    public Cache SetCapacity(ulong capacity)
    {
        Interop.rocksdb_cache_set_capacity(Native, (nuint)capacity);
        return this;
    }

    /// <summary>Bytes in it.</summary>
    public ulong GetUsage() => Interop.rocksdb_cache_get_usage(Native);

    /// <summary>Bytes in it that iterators and reads hold at the moment.</summary>
    public ulong GetPinnedUsage() => Interop.rocksdb_cache_get_pinned_usage(Native);
}
