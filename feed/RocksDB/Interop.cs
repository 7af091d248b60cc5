using System.Reflection;
using System.Runtime.InteropServices;

namespace RocksDbSharp;

/// <summary>
/// The functions of rocksdb/c.h (https://github.com/facebook/rocksdb/blob/v7.8.3/include/rocksdb/c.h) that are used, under their names.
/// An error parameter must hold zero before the call; after it, <see cref="Check"/> takes what is there.
/// </summary>
internal static unsafe partial class Interop
{
    private const string Library = "rocksdb";
    private static readonly string[] Names = ["librocksdb.so.7.8", "librocksdb.so.7", "librocksdb.so"];

    static Interop() => NativeLibrary.SetDllImportResolver(typeof(Interop).Assembly, Resolve);

    /// <summary>Throws what the library reported, if it did.</summary>
    internal static void Check(nint error)
    {
        if (error != 0)
        {
            throw new RocksDbException(error);
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Library)
        {
            return 0;
        }

        foreach (var candidate in Names)
        {
            if (NativeLibrary.TryLoad(candidate, assembly, path, out var library))
            {
                return library;
            }
        }

        throw new DllNotFoundException($"RocksDB is not installed: none of {string.Join(", ", Names)} was found. On Debian 12 it is in the package librocksdb7.8.");
    }

    [LibraryImport(Library)]
    internal static partial void rocksdb_free(nint memory);
}

/// <summary>Databases, column families, checkpoints.</summary>
internal static unsafe partial class Interop
{
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint rocksdb_open_column_families(
        OptionsSafeHandle options, string name, int count, string[] names, nint[] options2, [Out] nint[] handles, ref nint error);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint rocksdb_open_for_read_only_column_families(
        OptionsSafeHandle options, string name, int count, string[] names, nint[] options2, [Out] nint[] handles, byte errorIfWalFileExists, ref nint error);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial byte** rocksdb_list_column_families(OptionsSafeHandle options, string name, out nuint count, ref nint error);

    [LibraryImport(Library)]
    internal static partial void rocksdb_list_column_families_destroy(byte** list, nuint count);

    [LibraryImport(Library)]
    internal static partial void rocksdb_column_family_handle_destroy(nint family);

    [LibraryImport(Library)]
    internal static partial void rocksdb_close(nint db);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint rocksdb_property_value(DbSafeHandle db, string name);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint rocksdb_property_value_cf(DbSafeHandle db, FamilySafeHandle family, string name);

    [LibraryImport(Library)]
    internal static partial void rocksdb_compact_range_cf(
        DbSafeHandle db, FamilySafeHandle family, ReadOnlySpan<byte> start, nuint startLength, ReadOnlySpan<byte> limit, nuint limitLength);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_create_snapshot(DbSafeHandle db);

    [LibraryImport(Library)]
    internal static partial void rocksdb_release_snapshot(nint db, nint snapshot);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_checkpoint_object_create(DbSafeHandle db, ref nint error);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void rocksdb_checkpoint_create(CheckpointSafeHandle checkpoint, string folder, ulong logSizeForFlush, ref nint error);

    [LibraryImport(Library)]
    internal static partial void rocksdb_checkpoint_object_destroy(nint checkpoint);
}

/// <summary>Reading and writing.</summary>
internal static unsafe partial class Interop
{
    [LibraryImport(Library)]
    internal static partial nint rocksdb_get_pinned_cf(
        DbSafeHandle db, ReadOptionsSafeHandle options, FamilySafeHandle family, ReadOnlySpan<byte> key, nuint keyLength, ref nint error);

    [LibraryImport(Library)]
    internal static partial byte* rocksdb_pinnableslice_value(nint slice, out nuint length);

    [LibraryImport(Library)]
    internal static partial void rocksdb_pinnableslice_destroy(nint slice);

    [LibraryImport(Library)]
    internal static partial void rocksdb_put_cf(
        DbSafeHandle db,
        WriteOptionsSafeHandle options,
        FamilySafeHandle family,
        ReadOnlySpan<byte> key,
        nuint keyLength,
        ReadOnlySpan<byte> value,
        nuint valueLength,
        ref nint error);

    [LibraryImport(Library)]
    internal static partial void rocksdb_delete_cf(
        DbSafeHandle db, WriteOptionsSafeHandle options, FamilySafeHandle family, ReadOnlySpan<byte> key, nuint keyLength, ref nint error);

    [LibraryImport(Library)]
    internal static partial void rocksdb_write(DbSafeHandle db, WriteOptionsSafeHandle options, BatchSafeHandle batch, ref nint error);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_writebatch_create();

    [LibraryImport(Library)]
    internal static partial void rocksdb_writebatch_destroy(nint batch);

    [LibraryImport(Library)]
    internal static partial void rocksdb_writebatch_clear(BatchSafeHandle batch);

    [LibraryImport(Library)]
    internal static partial int rocksdb_writebatch_count(BatchSafeHandle batch);

    [LibraryImport(Library)]
    internal static partial void rocksdb_writebatch_put(
        BatchSafeHandle batch, ReadOnlySpan<byte> key, nuint keyLength, ReadOnlySpan<byte> value, nuint valueLength);

    [LibraryImport(Library)]
    internal static partial void rocksdb_writebatch_put_cf(
        BatchSafeHandle batch, FamilySafeHandle family, ReadOnlySpan<byte> key, nuint keyLength, ReadOnlySpan<byte> value, nuint valueLength);

    [LibraryImport(Library)]
    internal static partial void rocksdb_writebatch_delete(BatchSafeHandle batch, ReadOnlySpan<byte> key, nuint keyLength);

    [LibraryImport(Library)]
    internal static partial void rocksdb_writebatch_delete_cf(BatchSafeHandle batch, FamilySafeHandle family, ReadOnlySpan<byte> key, nuint keyLength);

    [LibraryImport(Library)]
    internal static partial void rocksdb_writebatch_delete_range(
        BatchSafeHandle batch, ReadOnlySpan<byte> start, nuint startLength, ReadOnlySpan<byte> end, nuint endLength);

    [LibraryImport(Library)]
    internal static partial void rocksdb_writebatch_delete_range_cf(
        BatchSafeHandle batch, FamilySafeHandle family, ReadOnlySpan<byte> start, nuint startLength, ReadOnlySpan<byte> end, nuint endLength);
}

/// <summary>Iterators.</summary>
internal static unsafe partial class Interop
{
    [LibraryImport(Library)]
    internal static partial nint rocksdb_create_iterator_cf(DbSafeHandle db, ReadOptionsSafeHandle options, FamilySafeHandle family);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_destroy(nint iterator);

    [LibraryImport(Library)]
    internal static partial byte rocksdb_iter_valid(IteratorSafeHandle iterator);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_seek_to_first(IteratorSafeHandle iterator);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_seek_to_last(IteratorSafeHandle iterator);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_seek(IteratorSafeHandle iterator, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_seek_for_prev(IteratorSafeHandle iterator, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_next(IteratorSafeHandle iterator);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_prev(IteratorSafeHandle iterator);

    [LibraryImport(Library)]
    internal static partial byte* rocksdb_iter_key(IteratorSafeHandle iterator, out nuint length);

    [LibraryImport(Library)]
    internal static partial byte* rocksdb_iter_value(IteratorSafeHandle iterator, out nuint length);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_get_error(nint iterator, ref nint error);
}
