namespace RocksDbSharp;

/// <summary>A state of the database that reads can refer to, for any number of threads.</summary>
public class Snapshot : IDisposable
{
    internal Snapshot(SnapshotSafeHandle native) => Native = native;

    internal SnapshotSafeHandle Native { get; }

    /// <summary>Lets go of it: after the last read with options that name it.</summary>
    public void Dispose()
    {
        Native.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>Makes copies of a database as it is, by hard links where it can.</summary>
public class Checkpoint : IDisposable
{
    private readonly CheckpointSafeHandle native;

    internal Checkpoint(CheckpointSafeHandle native) => this.native = native;

    /// <summary>
    /// Saves to a folder that is not there yet, on the same file system for links. Memory is flushed first if the log is larger than
    /// <paramref name="logSizeForFlush"/> bytes, else the log is copied.
    /// </summary>
    public void Save(string checkpointDir, ulong logSizeForFlush = 0)
    {
        nint error = 0;
        Interop.rocksdb_checkpoint_create(native, checkpointDir, logSizeForFlush, ref error);
        Interop.Check(error);
    }

    /// <summary>Frees it; what was saved stays.</summary>
    public void Dispose()
    {
        native.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>Makes a value from bytes that are the library's and there only during the call.</summary>
/// <typeparam name="T">What is made.</typeparam>
public interface ISpanDeserializer<T>
{
    /// <summary>Reads the bytes.</summary>
    T Deserialize(ReadOnlySpan<byte> buffer);
}
