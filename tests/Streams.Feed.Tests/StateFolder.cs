using System.Text;
using RocksDbSharp;

namespace Streams.Feed.Tests;

/// <summary>A temporary folder for databases with the column families "default", "sums" and "times".</summary>
public sealed class StateFolder : IDisposable
{
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("streams-rocksdb-");

    /// <summary>Path of a folder that is not there yet.</summary>
    public string this[string name] => Path.Combine(root.FullName, name);

    public static DbOptions Options() => new DbOptions()
        .SetCreateIfMissing()
        .SetCreateMissingColumnFamilies()
        .IncreaseParallelism(2)
        .SetMaxOpenFiles(64)
        .SetKeepLogFileNum(2)
        .SetInfoLogLevel(InfoLogLevel.Warn);

    public static ColumnFamilies Families() => new() { { "sums", WithFilter() }, { "times", new ColumnFamilyOptions() } };

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static string? Text(byte[]? bytes) => bytes is null ? null : Encoding.UTF8.GetString(bytes);

    public RocksDb Open(string name = "db") => RocksDb.Open(Options(), this[name], Families());

    /// <summary>The files as they are now: what would be there if the process that has them open were killed now.</summary>
    public void CopyAsKilled(string from, string to)
    {
        Directory.CreateDirectory(this[to]);
        foreach (var file in Directory.EnumerateFiles(this[from]))
        {
            File.Copy(file, Path.Combine(this[to], Path.GetFileName(file)));
        }
    }

    public void Dispose() => root.Delete(recursive: true);

    private static ColumnFamilyOptions WithFilter() => new ColumnFamilyOptions()
        .SetWriteBufferSize(4 << 20)
        .SetMaxWriteBufferNumber(3)
        .SetCompression(Compression.Lz4)
        .SetBlockBasedTableFactory(new BlockBasedTableOptions()
            .SetFormatVersion(5)
            .SetFilterPolicy(BloomFilterPolicy.Create(10, false))
            .SetBlockCache(Cache.CreateLru(8 << 20))
            .SetWholeKeyFiltering(true)
            .SetCacheIndexAndFilterBlocks(true));
}
