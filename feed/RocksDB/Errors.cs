using System.Runtime.InteropServices;

namespace RocksDbSharp;

/// <summary>What the binding itself refuses; the base of what the library reports.</summary>
public class RocksDbSharpException(string message) : Exception(message);

/// <summary>An error that the library reported, in its words.</summary>
/// <param name="errptr">The text of the C API; it is freed here.</param>
public class RocksDbException(IntPtr errptr) : RocksDbSharpException(Take(errptr))
{
    private static string Take(nint text)
    {
        try
        {
            return Marshal.PtrToStringUTF8(text) ?? "";
        }
        finally
        {
            Interop.rocksdb_free(text);
        }
    }
}
