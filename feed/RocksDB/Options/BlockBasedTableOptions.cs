namespace RocksDbSharp;

/// <summary>The format of files: blocks, an index, a filter. Copied when it is set as the table factory.</summary>
public class BlockBasedTableOptions
{
    internal TableOptionsSafeHandle Native { get; } = new();

    /// <summary>The filter that look-ups ask before they read a block.</summary>
    public BlockBasedTableOptions SetFilterPolicy(BloomFilterPolicy filterPolicy)
    {
        Interop.rocksdb_block_based_options_set_filter_policy(Native, filterPolicy.Give());
        return this;
    }

    /// <summary>The cache of blocks; several may share one.</summary>
    public BlockBasedTableOptions SetBlockCache(Cache blockCache)
    {
        Interop.rocksdb_block_based_options_set_block_cache(Native, blockCache.Native);
        return this;
    }

    /// <summary>Bytes of a block before compression.</summary>
    public BlockBasedTableOptions SetBlockSize(ulong blockSize)
    {
        Interop.rocksdb_block_based_options_set_block_size(Native, (nuint)blockSize);
        return this;
    }

    /// <summary>Whether there is no block cache.</summary>
    public BlockBasedTableOptions SetNoBlockCache(bool noBlockCache)
    {
        Interop.rocksdb_block_based_options_set_no_block_cache(Native, Flag(noBlockCache));
        return this;
    }

    /// <summary>Whether whole keys are in the filter, not only prefixes.</summary>
    public BlockBasedTableOptions SetWholeKeyFiltering(bool wholeKeyFiltering)
    {
        Interop.rocksdb_block_based_options_set_whole_key_filtering(Native, Flag(wholeKeyFiltering));
        return this;
    }

    /// <summary>Version of the file format; an older library reads only those that it knows.</summary>
    public BlockBasedTableOptions SetFormatVersion(int formatVersion)
    {
        Interop.rocksdb_block_based_options_set_format_version(Native, formatVersion);
        return this;
    }

    /// <summary>Whether indexes and filters count as part of the block cache.</summary>
    public BlockBasedTableOptions SetCacheIndexAndFilterBlocks(bool cacheIndexAndFilterBlocks)
    {
        Interop.rocksdb_block_based_options_set_cache_index_and_filter_blocks(Native, Flag(cacheIndexAndFilterBlocks));
        return this;
    }

    /// <summary>Whether those of level 0 stay in the cache.</summary>
    public BlockBasedTableOptions SetPinL0FilterAndIndexBlocksInCache(bool pinL0FilterAndIndexBlocksInCache)
    {
        Interop.rocksdb_block_based_options_set_pin_l0_filter_and_index_blocks_in_cache(Native, Flag(pinL0FilterAndIndexBlocksInCache));
        return this;
    }

    private static byte Flag(bool value) => value ? (byte)1 : (byte)0;
}
