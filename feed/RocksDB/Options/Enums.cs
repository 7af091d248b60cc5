namespace RocksDbSharp;

/// <summary>How much the library writes to its LOG file.</summary>
public enum InfoLogLevel
{
    Debug,
    Info,
    Warn,
    Error,
    Fatal,
    Header,
}

/// <summary>What to make of a write-ahead log with a damaged end.</summary>
public enum Recovery
{
    TolerateCorruptedTailRecords = 0,
    AbsoluteConsistency = 1,
    PointInTime = 2,
    SkipAnyCorruptedRecords = 3,
}

/// <summary>Compression of the blocks in files.</summary>
public enum Compression
{
    No = 0,
    Snappy = 1,
    Zlib = 2,
    Bz2 = 3,
    Lz4 = 4,
    Lz4hc = 5,
    Xpress = 6,
    Zstd = 7,
}
