using System.Text;

namespace RocksDbSharp;

/// <summary>What a read sees and how. Bounds and snapshot must not change while an iterator made with it lives.</summary>
public class ReadOptions
{
    private readonly ReadOptionsSafeHandle native = new();
    private Snapshot? snapshot;

    /// <summary>The options for a call; the snapshot that they name must be there still.</summary>
    internal ReadOptionsSafeHandle Native
    {
        get
        {
            ObjectDisposedException.ThrowIf(snapshot is { Native.Disposed: true }, typeof(Snapshot));
            return native;
        }
    }

    /// <summary>Whether blocks are checked when they are read; the library's default.</summary>
    public ReadOptions SetVerifyChecksums(bool value)
    {
        Interop.rocksdb_readoptions_set_verify_checksums(native, Flag(value));
        return this;
    }

    /// <summary>Whether blocks that are read go to the cache; false for long scans.</summary>
    public ReadOptions SetFillCache(bool value)
    {
        Interop.rocksdb_readoptions_set_fill_cache(native, Flag(value));
        return this;
    }

    /// <summary>Reads what was there when the snapshot was made.</summary>
    public ReadOptions SetSnapshot(Snapshot snapshot)
    {
        Interop.rocksdb_readoptions_set_snapshot(native, snapshot.Native);
        this.snapshot = snapshot;
        return this;
    }

    /// <summary>Whether an iterator ends where the prefix of the key that was sought ends.</summary>
    public ReadOptions SetPrefixSameAsStart(bool prefixSameAsStart)
    {
        Interop.rocksdb_readoptions_set_prefix_same_as_start(native, Flag(prefixSameAsStart));
        return this;
    }

    /// <summary>Whether an iterator goes over all prefixes in order.</summary>
    public ReadOptions SetTotalOrderSeek(bool enable)
    {
        Interop.rocksdb_readoptions_set_total_order_seek(native, Flag(enable));
        return this;
    }

    /// <summary>Bytes that an iterator reads ahead.</summary>
    public ReadOptions SetReadaheadSize(ulong size)
    {
        Interop.rocksdb_readoptions_set_readahead_size(native, (nuint)size);
        return this;
    }

    /// <summary>The least key that an iterator gives; copied.</summary>
    public ReadOptions SetIterateLowerBound(byte[] key, ulong keyLen)
    {
        native.SetLowerBound(key.AsSpan(0, checked((int)keyLen)));
        return this;
    }

    /// <inheritdoc cref="SetIterateLowerBound(byte[], ulong)"/>
    public ReadOptions SetIterateLowerBound(byte[] key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return SetIterateLowerBound(key, (ulong)key.LongLength);
    }

    /// <inheritdoc cref="SetIterateLowerBound(byte[], ulong)"/>
    public ReadOptions SetIterateLowerBound(string stringKey, Encoding? encoding = null) =>
        SetIterateLowerBound((encoding ?? Encoding.UTF8).GetBytes(stringKey));

    /// <summary>The key at which an iterator ends, itself excluded; copied.</summary>
    public ReadOptions SetIterateUpperBound(byte[] key, ulong keyLen)
    {
        native.SetUpperBound(key.AsSpan(0, checked((int)keyLen)));
        return this;
    }

    /// <inheritdoc cref="SetIterateUpperBound(byte[], ulong)"/>
    public ReadOptions SetIterateUpperBound(byte[] key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return SetIterateUpperBound(key, (ulong)key.LongLength);
    }

    /// <inheritdoc cref="SetIterateUpperBound(byte[], ulong)"/>
    public ReadOptions SetIterateUpperBound(string stringKey, Encoding? encoding = null) =>
        SetIterateUpperBound((encoding ?? Encoding.UTF8).GetBytes(stringKey));

    private static byte Flag(bool value) => value ? (byte)1 : (byte)0;
}
