namespace RocksDbSharp;

/// <summary>Options are copied when a database is opened; changes after that have no effect on it.</summary>
public abstract class OptionsHandle
{
    internal OptionsSafeHandle Native { get; } = new();

    /// <summary>The object of the C API.</summary>
    public IntPtr Handle => Native.DangerousGetHandle();

    private protected static byte Flag(bool value) => value ? (byte)1 : (byte)0;
}

/// <summary>Options of a database. What a column family has of its own is not taken from here.</summary>
public class DbOptions : Options<DbOptions>;

/// <summary>Options of a column family.</summary>
public class ColumnFamilyOptions : Options<ColumnFamilyOptions>;
