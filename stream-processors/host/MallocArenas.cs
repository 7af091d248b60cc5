using System.Runtime.InteropServices;

namespace Streams.Processors.Host;

/// <summary>
/// Makes no more arenas of glibc's malloc (https://man7.org/linux/man-pages/man3/mallopt.3.html) than there are: the runtime's own threads have made six
/// or seven. By default there are eight for each core, and RocksDB's write buffers, which one thread fills and another frees, stay in all of them: the
/// native memory of two epochs of 300,000 groups went on growing beyond 835 MB. Fewer, by MALLOC_ARENA_MAX=2 before the process begins, save 40 MB
/// more, and cost a third of the speed: threads wait for each other.
/// </summary>
internal static class MallocArenas
{
    private const string Variable = "MALLOC_ARENA_MAX";
    private const string Function = "mallopt";
    private const int ArenaMax = -8;
    // Nothing is taken away: it only ends the making of new ones.
    private const int Arenas = 2;

    /// <summary>To be called before other threads begin; false: the operator has said how many, or malloc is another.</summary>
    public static bool Bound() =>
        OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable(Variable) is null
        && NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), Function, out _) && SetOption(ArenaMax, Arenas) == 1;

    [DllImport("libc", EntryPoint = Function)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetOption(int option, int value);
}
