namespace RocksDbSharp;

/// <summary>How a write is made safe.</summary>
public class WriteOptions
{
    internal WriteOptionsSafeHandle Native { get; } = new();

    /// <summary>Whether the write returns only when the disk has it. Without, it survives the end of the process and not that of the machine.</summary>
    public WriteOptions SetSync(bool value)
    {
        Interop.rocksdb_writeoptions_set_sync(Native, value ? (byte)1 : (byte)0);
        return this;
    }

    /// <summary>1 leaves the write-ahead log out: what was not flushed is lost with the process.</summary>
    public WriteOptions DisableWal(int disable)
    {
        Interop.rocksdb_writeoptions_disable_WAL(Native, disable);
        return this;
    }
}
