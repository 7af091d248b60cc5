namespace RocksDbSharp;

/// <summary>Options that count for the whole database.</summary>
/// <typeparam name="T">The options themselves, for chains of calls.</typeparam>
public abstract partial class Options<T> : OptionsHandle
    where T : Options<T>
{
    /// <summary>Number of threads for flushes and compactions together.</summary>
    public T IncreaseParallelism(int totalThreads)
    {
        Interop.rocksdb_options_increase_parallelism(Native, totalThreads);
        return (T)this;
    }

    /// <summary>Whether a database is made where there is none.</summary>
    public T SetCreateIfMissing(bool value = true)
    {
        Interop.rocksdb_options_set_create_if_missing(Native, Flag(value));
        return (T)this;
    }

    /// <summary>Whether column families that are asked for and not there are made.</summary>
    public T SetCreateMissingColumnFamilies(bool value = true)
    {
        Interop.rocksdb_options_set_create_missing_column_families(Native, Flag(value));
        return (T)this;
    }

    /// <summary>Whether a database that is there is refused.</summary>
    public T SetErrorIfExists(bool value = true)
    {
        Interop.rocksdb_options_set_error_if_exists(Native, Flag(value));
        return (T)this;
    }

    /// <summary>Whether damage stops the database at once; the library's default.</summary>
    public T SetParanoidChecks(bool value = true)
    {
        Interop.rocksdb_options_set_paranoid_checks(Native, Flag(value));
        return (T)this;
    }

    /// <summary>Limit of open files; -1 keeps all open.</summary>
    public T SetMaxOpenFiles(int value)
    {
        Interop.rocksdb_options_set_max_open_files(Native, value);
        return (T)this;
    }

    /// <summary>Bytes of write-ahead log after which column families that hold the oldest part are flushed.</summary>
    public T SetMaxTotalWalSize(ulong n)
    {
        Interop.rocksdb_options_set_max_total_wal_size(Native, n);
        return (T)this;
    }

    /// <summary>What to make of a damaged write-ahead log.</summary>
    public T SetWalRecoveryMode(Recovery mode)
    {
        Interop.rocksdb_options_set_wal_recovery_mode(Native, (int)mode);
        return (T)this;
    }

    /// <summary>Compactions at the same time.</summary>
    public T SetMaxBackgroundCompactions(int value)
    {
        Interop.rocksdb_options_set_max_background_compactions(Native, value);
        return (T)this;
    }

    /// <summary>Flushes at the same time.</summary>
    public T SetMaxBackgroundFlushes(int value)
    {
        Interop.rocksdb_options_set_max_background_flushes(Native, value);
        return (T)this;
    }

    /// <summary>Bytes of one LOG file.</summary>
    public T SetMaxLogFileSize(ulong value)
    {
        Interop.rocksdb_options_set_max_log_file_size(Native, (nuint)value);
        return (T)this;
    }

    /// <summary>Number of LOG files that are kept.</summary>
    public T SetKeepLogFileNum(ulong value)
    {
        Interop.rocksdb_options_set_keep_log_file_num(Native, (nuint)value);
        return (T)this;
    }

    /// <summary>Seconds between statistics in the LOG file; 0 for none.</summary>
    public T SetStatsDumpPeriodSec(uint value)
    {
        Interop.rocksdb_options_set_stats_dump_period_sec(Native, value);
        return (T)this;
    }

    /// <summary>Bytes in memory over all column families before a flush; 0 for no limit.</summary>
    public T SetDbWriteBufferSize(ulong size)
    {
        Interop.rocksdb_options_set_db_write_buffer_size(Native, (nuint)size);
        return (T)this;
    }

    /// <summary>Whether several threads may write to the database's memory at once; the library's default.</summary>
    public T SetAllowConcurrentMemtableWrite(bool value)
    {
        Interop.rocksdb_options_set_allow_concurrent_memtable_write(Native, Flag(value));
        return (T)this;
    }

    /// <summary>Bytes after which a file being written is handed to the disk.</summary>
    public T SetBytesPerSync(ulong value)
    {
        Interop.rocksdb_options_set_bytes_per_sync(Native, value);
        return (T)this;
    }
}
