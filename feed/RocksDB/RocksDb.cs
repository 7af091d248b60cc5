using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;

namespace RocksDbSharp;

/// <summary>
/// An open database, for any number of threads. One process has it at a time. A column family that is not named is "default".
/// What was not disposed is closed by the finalizer.
/// </summary>
/// <remarks>Disposed while iterators, snapshots or calls of other threads are under way, it closes after the last of them.</remarks>
public sealed unsafe class RocksDb : IDisposable
{
    private static readonly ReadOptions DefaultRead = new();
    private static readonly WriteOptions DefaultWrite = new();
    private readonly DbSafeHandle db;
    private readonly Dictionary<string, OpenFamily> families;
    private readonly FamilySafeHandle defaultFamily;

    private RocksDb(DbSafeHandle db, Dictionary<string, OpenFamily> families)
    {
        this.db = db;
        this.families = families;
        defaultFamily = families[ColumnFamilies.DefaultName].Native;
    }

    private DbSafeHandle Db => db.Live();

    /// <summary>Opens with all column families that the database has; more only with <c>SetCreateMissingColumnFamilies</c>.</summary>
    /// <exception cref="RocksDbException">Another has it open, a column family is missing, or the files are damaged.</exception>
    public static RocksDb Open(DbOptions options, string path, ColumnFamilies columnFamilies)
    {
        var (names, familyOptions, handles, error) = Arguments(columnFamilies);
        var db = Interop.rocksdb_open_column_families(options.Native, path, names.Length, names, familyOptions, handles, ref error);
        return Opened(db, columnFamilies, names, handles, error);
    }

    /// <summary>Opens for reading what is there now, beside a process that writes; "default" and any of the others.</summary>
    public static RocksDb OpenReadOnly(DbOptions options, string path, ColumnFamilies columnFamilies, bool errIfLogFileExists)
    {
        var (names, familyOptions, handles, error) = Arguments(columnFamilies);
        var refuseLog = errIfLogFileExists ? (byte)1 : (byte)0;
        var db = Interop.rocksdb_open_for_read_only_column_families(
            options.Native, path, names.Length, names, familyOptions, handles, refuseLog, ref error);
        return Opened(db, columnFamilies, names, handles, error);
    }

    /// <summary>The names of the column families of a database that need not be open.</summary>
    /// <exception cref="RocksDbException">There is no database.</exception>
    public static IEnumerable<string> ListColumnFamilies(DbOptions options, string name)
    {
        var names = List(options, name, out var error);
        Interop.Check(error);
        return names;
    }

    /// <summary>The names of the column families; false where there is no database.</summary>
    public static bool TryListColumnFamilies(DbOptions options, string name, out string[] columnFamilies)
    {
        columnFamilies = List(options, name, out var error);
        Interop.rocksdb_free(error);
        return error == 0;
    }

    /// <summary>Closes it. What the log has is read again by the next to open it; what was written without the log is flushed first.</summary>
    public void Dispose()
    {
        foreach (var family in families.Values)
        {
            family.Native.Dispose();
        }

        db.Dispose();
    }

    /// <summary>The open column family of a name.</summary>
    /// <exception cref="KeyNotFoundException">It was not opened.</exception>
    public ColumnFamilyHandle GetColumnFamily(string name) => families[name];

    /// <summary>The open column family of a name, if it was opened.</summary>
    public bool TryGetColumnFamily(string name, [MaybeNullWhen(false)] out ColumnFamilyHandle handle)
    {
        var found = families.TryGetValue(name, out var family);
        handle = family;
        return found;
    }

    /// <summary>The column family that every database has.</summary>
    public ColumnFamilyHandle GetDefaultColumnFamily() => GetColumnFamily(ColumnFamilies.DefaultName);

    /// <summary>A copy of the value, or null.</summary>
    public byte[]? Get(byte[] key, ColumnFamilyHandle? cf = null, ReadOptions? readOptions = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Get(key.AsSpan(), cf, readOptions);
    }

    /// <inheritdoc cref="Get(byte[], ColumnFamilyHandle, ReadOptions)"/>
    public byte[]? Get(ReadOnlySpan<byte> key, ColumnFamilyHandle? cf = null, ReadOptions? readOptions = null)
    {
        using var found = Find(key, cf, readOptions);
        return found.Any ? found.Value.ToArray() : null;
    }

    /// <summary>What is made of the value, which is not copied; the default of the type where there is none.</summary>
    public T? Get<T>(ReadOnlySpan<byte> key, ISpanDeserializer<T> deserializer, ColumnFamilyHandle? cf = null, ReadOptions? readOptions = null)
    {
        using var found = Find(key, cf, readOptions);
        return found.Any ? deserializer.Deserialize(found.Value) : default;
    }

    /// <summary>Copies the value to the buffer, as much of it as <paramref name="length"/>; returns its whole length, or -1 where there is none.</summary>
    public long Get(byte[] key, byte[] buffer, long offset, long length, ColumnFamilyHandle? cf = null, ReadOptions? readOptions = null) =>
        Get(key, key.LongLength, buffer, offset, length, cf, readOptions);

    /// <inheritdoc cref="Get(byte[], byte[], long, long, ColumnFamilyHandle, ReadOptions)"/>
    public long Get(byte[] key, long keyLength, byte[] buffer, long offset, long length, ColumnFamilyHandle? cf = null, ReadOptions? readOptions = null)
    {
        using var found = Find(key.AsSpan(0, checked((int)keyLength)), cf, readOptions);
        if (!found.Any)
        {
            return -1;
        }

        found.Value[..(int)Math.Min(length, found.Value.Length)].CopyTo(buffer.AsSpan((int)offset));
        return found.Value.Length;
    }

    /// <summary>Whether the key has a value.</summary>
    public bool HasKey(ReadOnlySpan<byte> key, ColumnFamilyHandle? cf = null, ReadOptions? readOptions = null)
    {
        using var found = Find(key, cf, readOptions);
        return found.Any;
    }

    /// <summary>Sets one value.</summary>
    public void Put(byte[] key, byte[] value, ColumnFamilyHandle? cf = null, WriteOptions? writeOptions = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        Put(key.AsSpan(), value.AsSpan(), cf, writeOptions);
    }

    /// <inheritdoc cref="Put(byte[], byte[], ColumnFamilyHandle, WriteOptions)"/>
    public void Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, ColumnFamilyHandle? cf = null, WriteOptions? writeOptions = null)
    {
        nint error = 0;
        var options = (writeOptions ?? DefaultWrite).Native;
        Interop.rocksdb_put_cf(Db, options, Family(cf), key, (nuint)key.Length, value, (nuint)value.Length, ref error);
        Interop.Check(error);
    }

    /// <summary>Removes one key, if it is there.</summary>
    public void Remove(byte[] key, ColumnFamilyHandle? cf = null, WriteOptions? writeOptions = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        Remove(key.AsSpan(), cf, writeOptions);
    }

    /// <inheritdoc cref="Remove(byte[], ColumnFamilyHandle, WriteOptions)"/>
    public void Remove(ReadOnlySpan<byte> key, ColumnFamilyHandle? cf = null, WriteOptions? writeOptions = null)
    {
        nint error = 0;
        Interop.rocksdb_delete_cf(Db, (writeOptions ?? DefaultWrite).Native, Family(cf), key, (nuint)key.Length, ref error);
        Interop.Check(error);
    }

    /// <summary>Makes all writes of the batch, or none; the batch stays as it is.</summary>
    public void Write(WriteBatch writeBatch, WriteOptions? writeOptions = null)
    {
        nint error = 0;
        Interop.rocksdb_write(Db, (writeOptions ?? DefaultWrite).Native, writeBatch.Native, ref error);
        Interop.Check(error);
    }

    /// <summary>An iterator over the column family as it is now, not yet on a key.</summary>
    public Iterator NewIterator(ColumnFamilyHandle? cf = null, ReadOptions? readOptions = null) =>
        new(new IteratorSafeHandle(Db, Family(cf), (readOptions ?? DefaultRead).Native));

    /// <summary>The database as it is now, for later reads.</summary>
    public Snapshot CreateSnapshot() => new(new SnapshotSafeHandle(Db));

    /// <summary>What makes copies of the database.</summary>
    public Checkpoint Checkpoint() => new(new CheckpointSafeHandle(Db));

    /// <summary>A property of the default column family or of the database, such as <c>rocksdb.stats</c>; null where there is none of the name.</summary>
    public string? GetProperty(string propertyName) => Take(Interop.rocksdb_property_value(Db, propertyName));

    /// <summary>A property of a column family, such as <c>rocksdb.estimate-num-keys</c>; null where there is none of the name.</summary>
    public string? GetProperty(string propertyName, ColumnFamilyHandle cf) => Take(Interop.rocksdb_property_value_cf(Db, Family(cf), propertyName));

    /// <summary>Flushes, then rewrites the files with keys between the two; null is no limit.</summary>
    public void CompactRange(byte[]? start, byte[]? limit, ColumnFamilyHandle? cf = null) =>
        Interop.rocksdb_compact_range_cf(Db, Family(cf), start, (nuint)(start?.Length ?? 0), limit, (nuint)(limit?.Length ?? 0));

    /// <inheritdoc cref="CompactRange(byte[], byte[], ColumnFamilyHandle)"/>
    public void CompactRange(string? start, string? limit, ColumnFamilyHandle? cf = null, Encoding? encoding = null)
    {
        encoding ??= Encoding.UTF8;
        CompactRange(start is null ? null : encoding.GetBytes(start), limit is null ? null : encoding.GetBytes(limit), cf);
    }

    private static (string[] Names, nint[] Options, nint[] Handles, nint Error) Arguments(ColumnFamilies families)
    {
        string[] names = [.. families.Names];
        return names.Distinct().Count() == names.Length
            ? (names, [.. families.Select(f => f.Options.Handle)], new nint[names.Length], 0)
            : throw new ArgumentException("A column family is named twice.", nameof(families));
    }

    private static RocksDb Opened(nint db, ColumnFamilies asked, string[] names, nint[] handles, nint error)
    {
        // Their options were given as plain pointers.
        GC.KeepAlive(asked);
        Interop.Check(error);
        var native = new DbSafeHandle(db);
        var families = names.Zip(handles).ToDictionary(pair => pair.First, pair => new OpenFamily(new FamilySafeHandle(pair.Second, native)));
        return new RocksDb(native, families);
    }

    private static string[] List(DbOptions options, string path, out nint error)
    {
        error = 0;
        var list = Interop.rocksdb_list_column_families(options.Native, path, out var count, ref error);
        var names = new string[(int)count];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = Marshal.PtrToStringUTF8((nint)list[i])!;
        }

        // There is an empty list to free after an error as well.
        Interop.rocksdb_list_column_families_destroy(list, count);
        return names;
    }

    private static string? Take(nint text)
    {
        var copy = Marshal.PtrToStringUTF8(text);
        Interop.rocksdb_free(text);
        return copy;
    }

    private FamilySafeHandle Family(ColumnFamilyHandle? cf) => cf is null ? defaultFamily : ((OpenFamily)cf).Native.Live();

    private Found Find(ReadOnlySpan<byte> key, ColumnFamilyHandle? cf, ReadOptions? readOptions)
    {
        var (family, options, held) = (Family(cf), (readOptions ?? DefaultRead).Native, false);
        Db.DangerousAddRef(ref held);
        try
        {
            nint error = 0;
            var slice = Interop.rocksdb_get_pinned_cf(db, options, family, key, (nuint)key.Length, ref error);
            Interop.Check(error);
            held = false;
            return new Found(db, slice);
        }
        finally
        {
            if (held)
            {
                db.DangerousRelease();
            }
        }
    }

    /// <summary>A value in the library's memory, if there is one; the database does not close until it is disposed.</summary>
    private readonly ref struct Found(DbSafeHandle db, nint slice)
    {
        internal bool Any => slice != 0;

        internal ReadOnlySpan<byte> Value
        {
            get
            {
                var start = Interop.rocksdb_pinnableslice_value(slice, out var length);
                return new(start, checked((int)length));
            }
        }

        public void Dispose()
        {
            Interop.rocksdb_pinnableslice_destroy(slice);
            db.DangerousRelease();
        }
    }
}
