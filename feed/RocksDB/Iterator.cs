namespace RocksDbSharp;

/// <summary>
/// Walks over the keys of a column family in byte order, as they were when it was made. For one thread at a time. Not valid means at
/// the end or stopped by an error; <see cref="RocksDbSharp.Native.rocksdb_iter_get_error"/> tells them apart.
/// </summary>
public unsafe class Iterator : IDisposable
{
    private readonly IteratorSafeHandle native;
    private bool valid;

    internal Iterator(IteratorSafeHandle native) => this.native = native;

    private IteratorSafeHandle Native
    {
        get
        {
            native.RequireOpenDb();
            return native.Live();
        }
    }

    /// <summary>The object of the C API; zero after disposal.</summary>
    public IntPtr Handle => native.Disposed ? 0 : native.DangerousGetHandle();

    /// <summary>Frees it, and with it the version of the data that it held.</summary>
    public void Dispose()
    {
        valid = false;
        native.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Whether it stands on a key.</summary>
    public bool Valid() => valid;

    /// <summary>To the first key.</summary>
    public Iterator SeekToFirst()
    {
        Interop.rocksdb_iter_seek_to_first(Native);
        return Moved();
    }

    /// <summary>To the last key; below the upper bound, if there is one.</summary>
    public Iterator SeekToLast()
    {
        Interop.rocksdb_iter_seek_to_last(Native);
        return Moved();
    }

    /// <summary>To the first key that is not less.</summary>
    public Iterator Seek(byte[] key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Seek(key.AsSpan());
    }

    /// <summary>To the first key that is not less than the first bytes.</summary>
    public Iterator Seek(byte[] key, ulong klen) => Seek(key.AsSpan(0, checked((int)klen)));

    /// <inheritdoc cref="Seek(byte[])"/>
    public Iterator Seek(ReadOnlySpan<byte> key)
    {
        Interop.rocksdb_iter_seek(Native, key, (nuint)key.Length);
        return Moved();
    }

    /// <summary>To the last key that is not greater.</summary>
    public Iterator SeekForPrev(byte[] key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return SeekForPrev(key.AsSpan());
    }

    /// <summary>To the last key that is not greater than the first bytes.</summary>
    public Iterator SeekForPrev(byte[] key, ulong klen) => SeekForPrev(key.AsSpan(0, checked((int)klen)));

    /// <inheritdoc cref="SeekForPrev(byte[])"/>
    public Iterator SeekForPrev(ReadOnlySpan<byte> key)
    {
        Interop.rocksdb_iter_seek_for_prev(Native, key, (nuint)key.Length);
        return Moved();
    }

    /// <summary>To the next key.</summary>
    public Iterator Next()
    {
        RequireValid();
        Interop.rocksdb_iter_next(Native);
        return Moved();
    }

    /// <summary>To the key before.</summary>
    public Iterator Prev()
    {
        RequireValid();
        Interop.rocksdb_iter_prev(Native);
        return Moved();
    }

    /// <summary>A copy of the key.</summary>
    public byte[] Key() => GetKeySpan().ToArray();

    /// <summary>A copy of the value.</summary>
    public byte[] Value() => GetValueSpan().ToArray();

    /// <summary>The key in the library's memory: until the next move or disposal.</summary>
    public ReadOnlySpan<byte> GetKeySpan()
    {
        RequireValid();
        var start = Interop.rocksdb_iter_key(Native, out var length);
        return new(start, checked((int)length));
    }

    /// <summary>The value in the library's memory: until the next move or disposal.</summary>
    public ReadOnlySpan<byte> GetValueSpan()
    {
        RequireValid();
        var start = Interop.rocksdb_iter_value(Native, out var length);
        return new(start, checked((int)length));
    }

    private Iterator Moved()
    {
        valid = Interop.rocksdb_iter_valid(Native) != 0;
        return this;
    }

    // The library reads and moves without looking where it is.
    private void RequireValid()
    {
        native.Live();
        if (!valid)
        {
            throw new InvalidOperationException("The iterator is not on a key; ask Valid() first.");
        }
    }
}
