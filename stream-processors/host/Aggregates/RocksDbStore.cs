using RocksDbSharp;
using Streams.Processors.Aggregates.State;

namespace Streams.Processors.Host.Aggregates;

/// <summary>
/// A task's store on disk. A batch is written ahead without waiting for the disk: when the process dies nothing is lost, when the machine dies an
/// earlier batch is the last one, and what came after it is folded again.
/// </summary>
internal sealed class RocksDbStore : IStateStore
{
    private const ulong BlockCacheBytes = 64 << 20;
    private const ulong WriteBufferBytes = 8 << 20;
    private const ulong WriteBuffersBytes = 16 << 20;
    private const int BloomBits = 10;
    private static readonly Cache Blocks = Cache.CreateLru(BlockCacheBytes);
    private readonly RocksDb _database;
    private readonly ColumnFamilyHandle[] _families;
    private readonly WriteOptions _write = new();

    private RocksDbStore(RocksDb database)
    {
        _database = database;
        _families = [.. Enum.GetValues<StateFamily>().Select(family => database.GetColumnFamily(family.ToString()))];
    }

    /// <summary>Opens or makes the store of a folder.</summary>
    /// <exception cref="Core.Errors.StreamsException">STR3111: another process has it open, or it is damaged.</exception>
    public static RocksDbStore Open(string folder)
    {
        Directory.CreateDirectory(folder);
        var options = new DbOptions();
        options.SetCreateIfMissing(true).SetCreateMissingColumnFamilies(true).SetKeepLogFileNum(2).SetMaxOpenFiles(256).SetStatsDumpPeriodSec(0)
            .SetDbWriteBufferSize(WriteBuffersBytes)
            // One thread writes: a key goes in where the one before it went.
            .SetAllowConcurrentMemtableWrite(false);
        var families = new ColumnFamilies(Columns());
        foreach (var family in Enum.GetNames<StateFamily>())
        {
            families.Add(family, Columns());
        }

        try
        {
            return new RocksDbStore(RocksDb.Open(options, folder, families));
        }
        catch (RocksDbException exception)
        {
            throw ProcessorErrors.StateUnusable.With($"{folder}: {exception.Message}", exception);
        }
    }

    /// <inheritdoc/>
    public byte[]? Get(StateFamily family, ReadOnlySpan<byte> key) => _database.Get(key, Of(family));

    /// <inheritdoc/>
    public IEnumerable<KeyValuePair<byte[], byte[]>> Scan(StateFamily family, byte[] prefix, bool descending = false)
    {
        using var iterator = _database.NewIterator(Of(family));
        if (descending)
        {
            SeekToLast(iterator, prefix);
        }
        else
        {
            iterator.Seek(prefix);
        }

        for (; iterator.Valid() && iterator.GetKeySpan().StartsWith(prefix); Move(iterator, descending))
        {
            yield return new(iterator.Key(), iterator.Value());
        }

        ThrowIfDamaged(iterator);
    }

    /// <inheritdoc/>
    public IEnumerable<KeyValuePair<byte[], byte[]>> Range(StateFamily family, byte[] from, byte[] until)
    {
        using var iterator = _database.NewIterator(Of(family));
        for (iterator.Seek(from); iterator.Valid() && iterator.GetKeySpan().SequenceCompareTo(until) < 0; iterator.Next())
        {
            yield return new(iterator.Key(), iterator.Value());
        }

        ThrowIfDamaged(iterator);
    }

    /// <inheritdoc/>
    public void Write(StateBatch batch)
    {
        using var changes = new WriteBatch();
        foreach (var (family, key, value) in batch.Changes)
        {
            if (value is null)
            {
                changes.Delete(key, Of(family));
            }
            else
            {
                changes.Put(key, value, Of(family));
            }
        }

        _database.Write(changes, _write);
    }

    /// <inheritdoc/>
    public void Dispose() => _database.Dispose();

    private ColumnFamilyHandle Of(StateFamily family) => _families[(int)family];

    private static ColumnFamilyOptions Columns()
    {
        var table = new BlockBasedTableOptions().SetFilterPolicy(BloomFilterPolicy.Create(BloomBits, false)).SetBlockCache(Blocks).SetFormatVersion(5);
        return new ColumnFamilyOptions().SetBlockBasedTableFactory(table).SetWriteBufferSize(WriteBufferBytes).SetCompression(Compression.Lz4);
    }

    /// <summary>To the last key that begins with the prefix, or to where such a key would be.</summary>
    private static void SeekToLast(Iterator iterator, byte[] prefix)
    {
        var above = prefix.ToArray();
        var last = Array.FindLastIndex(above, b => b != byte.MaxValue);
        if (last < 0)
        {
            iterator.SeekToLast();
            return;
        }

        above[last]++;
        iterator.SeekForPrev(above[..(last + 1)]);
        if (iterator.Valid() && !iterator.GetKeySpan().StartsWith(prefix))
        {
            // The key above the prefix itself.
            iterator.Prev();
        }
    }

    private static void Move(Iterator iterator, bool descending)
    {
        if (descending)
        {
            iterator.Prev();
        }
        else
        {
            iterator.Next();
        }
    }

    /// <summary>An iterator that met damage ends as one that met the end.</summary>
    private static void ThrowIfDamaged(Iterator iterator)
    {
        try
        {
            Native.Instance.rocksdb_iter_get_error(iterator.Handle);
        }
        catch (RocksDbException exception)
        {
            throw ProcessorErrors.StateUnusable.With(exception.Message, exception);
        }
    }
}
