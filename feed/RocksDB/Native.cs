namespace RocksDbSharp;

/// <summary>
/// The C API under its own names. Of the package's many functions only the one that has no other way to it: an iterator that is
/// not valid is either at its end or has met an error, and <see cref="Iterator"/> does not say which.
/// </summary>
public abstract class Native
{
    /// <summary>The loaded library.</summary>
    public static Native Instance = new Loaded();

    /// <summary>Throws <see cref="RocksDbException"/> when the iterator stopped because of an error.</summary>
    public void rocksdb_iter_get_error(IntPtr iterator)
    {
        ArgumentOutOfRangeException.ThrowIfZero(iterator);
        nint error = 0;
        Interop.rocksdb_iter_get_error(iterator, ref error);
        Interop.Check(error);
    }

    private sealed class Loaded : Native;
}
