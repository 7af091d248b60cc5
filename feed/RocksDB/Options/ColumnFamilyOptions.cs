namespace RocksDbSharp;

/// <summary>Options of each column family.</summary>
public abstract partial class Options<T>
{
    /// <summary>The format of files.</summary>
    public T SetBlockBasedTableFactory(BlockBasedTableOptions table_options)
    {
        Interop.rocksdb_options_set_block_based_table_factory(Native, table_options.Native);
        return (T)this;
    }

    /// <summary>What counts as the prefix of a key.</summary>
    public T SetPrefixExtractor(SliceTransform sliceTransform)
    {
        Interop.rocksdb_options_set_prefix_extractor(Native, sliceTransform.Give());
        return (T)this;
    }

    /// <summary>Settings for look-ups by key without range scans.</summary>
    public T OptimizeForPointLookup(ulong blockCacheSizeMb)
    {
        Interop.rocksdb_options_optimize_for_point_lookup(Native, blockCacheSizeMb);
        return (T)this;
    }

    /// <summary>Settings for levelled compaction with so many bytes of memory.</summary>
    public T OptimizeLevelStyleCompaction(ulong memtableMemoryBudget)
    {
        Interop.rocksdb_options_optimize_level_style_compaction(Native, memtableMemoryBudget);
        return (T)this;
    }

    /// <summary>How much is written to the LOG file; an option of the database.</summary>
    public T SetInfoLogLevel(InfoLogLevel value)
    {
        Interop.rocksdb_options_set_info_log_level(Native, (int)value);
        return (T)this;
    }

    /// <summary>Bytes in memory before a flush.</summary>
    public T SetWriteBufferSize(ulong value)
    {
        Interop.rocksdb_options_set_write_buffer_size(Native, (nuint)value);
        return (T)this;
    }

    /// <summary>Buffers in memory, the one being filled included, before writes wait.</summary>
    public T SetMaxWriteBufferNumber(int value)
    {
        Interop.rocksdb_options_set_max_write_buffer_number(Native, value);
        return (T)this;
    }

    /// <summary>Full buffers that are merged into one file.</summary>
    public T SetMinWriteBufferNumberToMerge(int value)
    {
        Interop.rocksdb_options_set_min_write_buffer_number_to_merge(Native, value);
        return (T)this;
    }

    /// <summary>Flushed files that start a compaction.</summary>
    public T SetLevel0FileNumCompactionTrigger(int value)
    {
        Interop.rocksdb_options_set_level0_file_num_compaction_trigger(Native, value);
        return (T)this;
    }

    /// <summary>Bytes of a file at level 1.</summary>
    public T SetTargetFileSizeBase(ulong value)
    {
        Interop.rocksdb_options_set_target_file_size_base(Native, value);
        return (T)this;
    }

    /// <summary>Bytes of level 1.</summary>
    public T SetMaxBytesForLevelBase(ulong value)
    {
        Interop.rocksdb_options_set_max_bytes_for_level_base(Native, value);
        return (T)this;
    }

    /// <summary>Whether sizes of levels follow that of the last.</summary>
    public T SetLevelCompactionDynamicLevelBytes(bool value)
    {
        Interop.rocksdb_options_set_level_compaction_dynamic_level_bytes(Native, Flag(value));
        return (T)this;
    }

    /// <summary>1 leaves compaction to the caller.</summary>
    public T SetDisableAutoCompactions(int value)
    {
        Interop.rocksdb_options_set_disable_auto_compactions(Native, value);
        return (T)this;
    }

    /// <summary>1 leaves the filters of the last level out.</summary>
    public T SetOptimizeFiltersForHits(int value)
    {
        Interop.rocksdb_options_set_optimize_filters_for_hits(Native, value);
        return (T)this;
    }

    /// <summary>Part of a write buffer that is a filter of prefixes.</summary>
    public T SetMemtablePrefixBloomSizeRatio(double ratio)
    {
        Interop.rocksdb_options_set_memtable_prefix_bloom_size_ratio(Native, ratio);
        return (T)this;
    }

    /// <summary>Compression of blocks.</summary>
    public T SetCompression(Compression value)
    {
        Interop.rocksdb_options_set_compression(Native, (int)value);
        return (T)this;
    }
}
