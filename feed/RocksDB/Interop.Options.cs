using System.Runtime.InteropServices;

namespace RocksDbSharp;

/// <summary>Options of databases and column families: one structure in the C API.</summary>
internal static unsafe partial class Interop
{
    [LibraryImport(Library)]
    internal static partial nint rocksdb_options_create();

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_destroy(nint options);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_increase_parallelism(OptionsSafeHandle options, int totalThreads);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_create_if_missing(OptionsSafeHandle options, byte value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_create_missing_column_families(OptionsSafeHandle options, byte value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_error_if_exists(OptionsSafeHandle options, byte value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_paranoid_checks(OptionsSafeHandle options, byte value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_max_open_files(OptionsSafeHandle options, int value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_max_total_wal_size(OptionsSafeHandle options, ulong value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_wal_recovery_mode(OptionsSafeHandle options, int value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_max_background_compactions(OptionsSafeHandle options, int value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_max_background_flushes(OptionsSafeHandle options, int value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_max_log_file_size(OptionsSafeHandle options, nuint value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_keep_log_file_num(OptionsSafeHandle options, nuint value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_stats_dump_period_sec(OptionsSafeHandle options, uint value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_db_write_buffer_size(OptionsSafeHandle options, nuint value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_bytes_per_sync(OptionsSafeHandle options, ulong value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_info_log_level(OptionsSafeHandle options, int value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_block_based_table_factory(OptionsSafeHandle options, TableOptionsSafeHandle table);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_optimize_for_point_lookup(OptionsSafeHandle options, ulong blockCacheSizeMb);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_optimize_level_style_compaction(OptionsSafeHandle options, ulong memtableMemoryBudget);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_write_buffer_size(OptionsSafeHandle options, nuint value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_max_write_buffer_number(OptionsSafeHandle options, int value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_min_write_buffer_number_to_merge(OptionsSafeHandle options, int value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_compression(OptionsSafeHandle options, int value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_prefix_extractor(OptionsSafeHandle options, nint transform);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_level0_file_num_compaction_trigger(OptionsSafeHandle options, int value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_target_file_size_base(OptionsSafeHandle options, ulong value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_max_bytes_for_level_base(OptionsSafeHandle options, ulong value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_level_compaction_dynamic_level_bytes(OptionsSafeHandle options, byte value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_disable_auto_compactions(OptionsSafeHandle options, int value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_optimize_filters_for_hits(OptionsSafeHandle options, int value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_memtable_prefix_bloom_size_ratio(OptionsSafeHandle options, double value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_allow_concurrent_memtable_write(OptionsSafeHandle options, byte value);
}

/// <summary>Options of tables, reads and writes, and what they are made of.</summary>
internal static unsafe partial class Interop
{
    [LibraryImport(Library)]
    internal static partial nint rocksdb_block_based_options_create();

    [LibraryImport(Library)]
    internal static partial void rocksdb_block_based_options_destroy(nint options);

    [LibraryImport(Library)]
    internal static partial void rocksdb_block_based_options_set_block_size(TableOptionsSafeHandle options, nuint value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_block_based_options_set_filter_policy(TableOptionsSafeHandle options, nint policy);

    [LibraryImport(Library)]
    internal static partial void rocksdb_block_based_options_set_no_block_cache(TableOptionsSafeHandle options, byte value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_block_based_options_set_block_cache(TableOptionsSafeHandle options, CacheSafeHandle cache);

    [LibraryImport(Library)]
    internal static partial void rocksdb_block_based_options_set_whole_key_filtering(TableOptionsSafeHandle options, byte value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_block_based_options_set_format_version(TableOptionsSafeHandle options, int value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_block_based_options_set_cache_index_and_filter_blocks(TableOptionsSafeHandle options, byte value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_block_based_options_set_pin_l0_filter_and_index_blocks_in_cache(TableOptionsSafeHandle options, byte value);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_filterpolicy_create_bloom(double bitsPerKey);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_filterpolicy_create_bloom_full(double bitsPerKey);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_slicetransform_create_fixed_prefix(nuint length);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_cache_create_lru(nuint capacity);

    [LibraryImport(Library)]
    internal static partial void rocksdb_cache_destroy(nint cache);

    [LibraryImport(Library)]
    internal static partial void rocksdb_cache_set_capacity(CacheSafeHandle cache, nuint capacity);

    [LibraryImport(Library)]
    internal static partial nuint rocksdb_cache_get_usage(CacheSafeHandle cache);

    [LibraryImport(Library)]
    internal static partial nuint rocksdb_cache_get_pinned_usage(CacheSafeHandle cache);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_writeoptions_create();

    [LibraryImport(Library)]
    internal static partial void rocksdb_writeoptions_destroy(nint options);

    [LibraryImport(Library)]
    internal static partial void rocksdb_writeoptions_set_sync(WriteOptionsSafeHandle options, byte value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_writeoptions_disable_WAL(WriteOptionsSafeHandle options, int value);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_readoptions_create();

    [LibraryImport(Library)]
    internal static partial void rocksdb_readoptions_destroy(nint options);

    [LibraryImport(Library)]
    internal static partial void rocksdb_readoptions_set_verify_checksums(ReadOptionsSafeHandle options, byte value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_readoptions_set_fill_cache(ReadOptionsSafeHandle options, byte value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_readoptions_set_snapshot(ReadOptionsSafeHandle options, SnapshotSafeHandle snapshot);

    [LibraryImport(Library)]
    internal static partial void rocksdb_readoptions_set_prefix_same_as_start(ReadOptionsSafeHandle options, byte value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_readoptions_set_total_order_seek(ReadOptionsSafeHandle options, byte value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_readoptions_set_readahead_size(ReadOptionsSafeHandle options, nuint value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_readoptions_set_iterate_lower_bound(ReadOptionsSafeHandle options, nint key, nuint length);

    [LibraryImport(Library)]
    internal static partial void rocksdb_readoptions_set_iterate_upper_bound(ReadOptionsSafeHandle options, nint key, nuint length);
}
