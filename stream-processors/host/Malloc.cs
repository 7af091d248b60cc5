using System.Runtime.InteropServices;

namespace Streams.Processors.Host;

/// <summary>
/// Keeps what glibc's malloc (https://man7.org/linux/man-pages/man3/mallopt.3.html) holds small beside RocksDB, whose write buffers one thread fills
/// and another frees:
/// <list type="bullet">
/// <item>No more arenas are made than there are: the runtime's own threads have made six or seven. By default there are eight for each core, and what
/// was freed stays in all of them. Fewer, by MALLOC_ARENA_MAX=2 before the process begins, save 40 MB more, and cost a third of the speed: threads wait
/// for each other.</item>
/// <item>What is larger than 256 KB is mapped by itself, and goes back to the system when it is freed. By default that bound rises with what is freed,
/// up to 32 MB: then the pieces of write buffers, 1 MB each, lie among small ones, and half of 850 MB was free and could not go.</item>
/// <item>Twice a minute the pages that are free go back (https://man7.org/linux/man-pages/man3/malloc_trim.3.html).</item>
/// </list>
/// Another malloc is left alone, and so is what the operator has set by MALLOC_ARENA_MAX and MALLOC_MMAP_THRESHOLD_.
/// </summary>
internal static class Malloc
{
    private const string OptionFunction = "mallopt";
    private const string TrimFunction = "malloc_trim";
    private const int ArenaMax = -8;
    private const int MappingThreshold = -3;

    // Nothing is taken away: it only ends the making of new ones.
    private const int Arenas = 2;
    private const int MappedBytes = 256 << 10;
    private static readonly TimeSpan TrimInterval = TimeSpan.FromSeconds(30);

    /// <summary>To be called before other threads begin; false: malloc is another.</summary>
    public static bool SetOptions() =>
        Has(OptionFunction) && Set("MALLOC_ARENA_MAX", ArenaMax, Arenas) && Set("MALLOC_MMAP_THRESHOLD_", MappingThreshold, MappedBytes);

    /// <summary>Gives free pages back, again and again until stopped.</summary>
    public static async Task TrimAsync(TimeProvider time, CancellationToken stopping)
    {
        var isThere = Has(TrimFunction);
        while (true)
        {
            await Task.Delay(isThere ? TrimInterval : Timeout.InfiniteTimeSpan, time, stopping);
            TrimNow(0);
        }
    }

    private static bool Has(string function) => OperatingSystem.IsLinux() && NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), function, out _);

    private static bool Set(string variable, int option, int value) => Environment.GetEnvironmentVariable(variable) is not null || SetOption(option, value) == 1;

    [DllImport("libc", EntryPoint = OptionFunction)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetOption(int option, int value);

    [DllImport("libc", EntryPoint = TrimFunction)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int TrimNow(nuint kept);
}
