using System.Runtime.InteropServices;

namespace RocksDbSharp;

/// <summary>
/// One object of the C API, freed once. It keeps what it needs alive: an iterator its database and its read options, a column
/// family its database; so the order in which the program, or the finalizer thread, lets go of them does not matter.
/// </summary>
internal abstract class NativeObject : SafeHandle
{
    private readonly SafeHandle[] needed = [];

    protected NativeObject(Func<nint> create, params SafeHandle[] needed)
        : base(0, ownsHandle: true)
    {
        // First held, then made: nobody closes the database in between.
        this.needed = Hold(needed);
        try
        {
            SetHandle(create());
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    // One that could not be made lets go of what it needs all the same.
    public sealed override bool IsInvalid => false;

    /// <summary>Whether the program is done with it, although something may keep it alive still.</summary>
    internal bool Disposed { get; private set; }

    protected abstract void Free();

    protected sealed override void Dispose(bool disposing)
    {
        Disposed = true;
        base.Dispose(disposing);
    }

    protected sealed override bool ReleaseHandle()
    {
        if (handle != 0)
        {
            Free();
        }

        Release(needed);
        return true;
    }

    private static SafeHandle[] Hold(SafeHandle[] all)
    {
        for (var i = 0; i < all.Length; i++)
        {
            try
            {
                var held = false;
                all[i].DangerousAddRef(ref held);
            }
            catch (ObjectDisposedException)
            {
                Release(all.AsSpan(0, i));
                throw;
            }
        }

        return all;
    }

    private static void Release(ReadOnlySpan<SafeHandle> all)
    {
        foreach (var one in all)
        {
            one.DangerousRelease();
        }
    }
}

internal static class NativeObjects
{
    /// <summary>The object itself, for a call, if the program is not done with it.</summary>
    internal static T Live<T>(this T native)
        where T : NativeObject
    {
        ObjectDisposedException.ThrowIf(native.Disposed, native);
        return native;
    }
}

internal sealed class OptionsSafeHandle() : NativeObject(Interop.rocksdb_options_create)
{
    protected override void Free() => Interop.rocksdb_options_destroy(handle);
}

internal sealed class TableOptionsSafeHandle() : NativeObject(Interop.rocksdb_block_based_options_create)
{
    protected override void Free() => Interop.rocksdb_block_based_options_destroy(handle);
}

internal sealed class CacheSafeHandle(ulong capacity) : NativeObject(() => Interop.rocksdb_cache_create_lru((nuint)capacity))
{
    protected override void Free() => Interop.rocksdb_cache_destroy(handle);
}

internal sealed class WriteOptionsSafeHandle() : NativeObject(Interop.rocksdb_writeoptions_create)
{
    protected override void Free() => Interop.rocksdb_writeoptions_destroy(handle);
}

/// <summary>Read options and the bounds, to which they point and which they do not copy.</summary>
internal sealed unsafe class ReadOptionsSafeHandle() : NativeObject(Interop.rocksdb_readoptions_create)
{
    private nint lower;
    private nint upper;
    private int iterators;

    /// <summary>An iterator began or ended; while there is one the bounds stay.</summary>
    internal void CountIterator(int change) => Interlocked.Add(ref iterators, change);

    internal void SetLowerBound(ReadOnlySpan<byte> key)
    {
        var copy = Replace(ref lower, key);
        Interop.rocksdb_readoptions_set_iterate_lower_bound(this, copy, (nuint)key.Length);
    }

    internal void SetUpperBound(ReadOnlySpan<byte> key)
    {
        var copy = Replace(ref upper, key);
        Interop.rocksdb_readoptions_set_iterate_upper_bound(this, copy, (nuint)key.Length);
    }

    protected override void Free()
    {
        Interop.rocksdb_readoptions_destroy(handle);
        NativeMemory.Free((void*)lower);
        NativeMemory.Free((void*)upper);
    }

    private nint Replace(ref nint bound, ReadOnlySpan<byte> key)
    {
        if (Volatile.Read(ref iterators) != 0)
        {
            throw new InvalidOperationException("An iterator still points to the bounds of these read options; dispose it first, or use other options.");
        }

        // One byte at least: a null pointer would mean no bound.
        var copy = NativeMemory.Alloc((nuint)Math.Max(key.Length, 1));
        key.CopyTo(new Span<byte>(copy, key.Length));
        NativeMemory.Free((void*)bound);
        return bound = (nint)copy;
    }
}

internal sealed class BatchSafeHandle() : NativeObject(Interop.rocksdb_writebatch_create)
{
    protected override void Free() => Interop.rocksdb_writebatch_destroy(handle);
}

internal sealed class DbSafeHandle(nint db) : NativeObject(() => db)
{
    protected override void Free() => Interop.rocksdb_close(handle);
}

internal sealed class FamilySafeHandle(nint family, DbSafeHandle db) : NativeObject(() => family, db)
{
    protected override void Free() => Interop.rocksdb_column_family_handle_destroy(handle);
}

internal sealed class CheckpointSafeHandle(DbSafeHandle db) : NativeObject(() => Create(db), db)
{
    protected override void Free() => Interop.rocksdb_checkpoint_object_destroy(handle);

    private static nint Create(DbSafeHandle db)
    {
        nint error = 0;
        var checkpoint = Interop.rocksdb_checkpoint_object_create(db, ref error);
        Interop.Check(error);
        return checkpoint;
    }
}

internal sealed class SnapshotSafeHandle(DbSafeHandle db) : NativeObject(() => Interop.rocksdb_create_snapshot(db), db)
{
    private readonly DbSafeHandle db = db;

    // The database may be disposed by then; it is not closed before this returns.
    protected override void Free() => Interop.rocksdb_release_snapshot(db.DangerousGetHandle(), handle);
}

internal sealed class IteratorSafeHandle : NativeObject
{
    private readonly ReadOptionsSafeHandle options;
    private readonly DbSafeHandle db;

    internal IteratorSafeHandle(DbSafeHandle db, FamilySafeHandle family, ReadOptionsSafeHandle options)
        : base(() => Create(db, family, options), db, family, options)
    {
        this.options = options;
        this.db = db;
    }

    internal void RequireOpenDb() => db.Live();

    protected override void Free()
    {
        Interop.rocksdb_iter_destroy(handle);
        options.CountIterator(-1);
    }

    private static nint Create(DbSafeHandle db, FamilySafeHandle family, ReadOptionsSafeHandle options)
    {
        options.CountIterator(1);
        return Interop.rocksdb_create_iterator_cf(db, options, family);
    }
}
