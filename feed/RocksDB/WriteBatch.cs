namespace RocksDbSharp;

/// <summary>Writes that take effect together. For one thread at a time.</summary>
public class WriteBatch : IDisposable
{
    internal BatchSafeHandle Native { get; } = new();

    /// <summary>Frees it; a batch is not written by that.</summary>
    public void Dispose()
    {
        Native.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Empties it for the next use; its memory is kept.</summary>
    public WriteBatch Clear()
    {
        Interop.rocksdb_writebatch_clear(Native);
        return this;
    }

    /// <summary>Number of puts, deletes and range deletes.</summary>
    public int Count() => Interop.rocksdb_writebatch_count(Native);

    /// <summary>Adds a put.</summary>
    public WriteBatch Put(byte[] key, byte[] val, ColumnFamilyHandle? cf = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(val);
        return Put(key.AsSpan(), val.AsSpan(), cf);
    }

    /// <summary>Adds a put of the first bytes of both.</summary>
    public WriteBatch Put(byte[] key, ulong klen, byte[] val, ulong vlen, ColumnFamilyHandle? cf = null) =>
        Put(key.AsSpan(0, checked((int)klen)), val.AsSpan(0, checked((int)vlen)), cf);

    /// <summary>Adds a put; both are copied.</summary>
    public WriteBatch Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, ColumnFamilyHandle? cf = null)
    {
        if (cf is null)
        {
            Interop.rocksdb_writebatch_put(Native, key, (nuint)key.Length, value, (nuint)value.Length);
        }
        else
        {
            Interop.rocksdb_writebatch_put_cf(Native, ((OpenFamily)cf).Native.Live(), key, (nuint)key.Length, value, (nuint)value.Length);
        }

        return this;
    }

    /// <summary>Adds a delete; a key that is not there is none the worse for it.</summary>
    public WriteBatch Delete(byte[] key, ColumnFamilyHandle? cf = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Delete(key.AsSpan(), cf);
    }

    /// <summary>Adds a delete of the key in the first bytes.</summary>
    public WriteBatch Delete(byte[] key, ulong klen, ColumnFamilyHandle? cf = null) => Delete(key.AsSpan(0, checked((int)klen)), cf);

    /// <inheritdoc cref="Delete(byte[], ColumnFamilyHandle)"/>
    public WriteBatch Delete(ReadOnlySpan<byte> key, ColumnFamilyHandle? cf = null)
    {
        if (cf is null)
        {
            Interop.rocksdb_writebatch_delete(Native, key, (nuint)key.Length);
        }
        else
        {
            Interop.rocksdb_writebatch_delete_cf(Native, ((OpenFamily)cf).Native.Live(), key, (nuint)key.Length);
        }

        return this;
    }

    /// <summary>Adds a delete of every key from the first, included, to the second, excluded.</summary>
    public WriteBatch DeleteRange(byte[] startKey, ulong sklen, byte[] endKey, ulong eklen, ColumnFamilyHandle? cf = null)
    {
        var start = startKey.AsSpan(0, checked((int)sklen));
        var end = endKey.AsSpan(0, checked((int)eklen));
        if (cf is null)
        {
            Interop.rocksdb_writebatch_delete_range(Native, start, (nuint)start.Length, end, (nuint)end.Length);
        }
        else
        {
            Interop.rocksdb_writebatch_delete_range_cf(Native, ((OpenFamily)cf).Native.Live(), start, (nuint)start.Length, end, (nuint)end.Length);
        }

        return this;
    }
}
