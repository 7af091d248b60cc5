using System.Runtime.InteropServices;

namespace Streams.Local.Processes;

/// <summary>Signals by process id. A process that is gone is not an error: that is what the sender wanted.</summary>
public static class Signals
{
    /// <summary>SIGINT: Postgres's fast shutdown.</summary>
    public const int Interrupt = 2;

    /// <summary>SIGQUIT: Postgres's immediate shutdown.</summary>
    public const int Quit = 3;

    /// <summary>SIGKILL.</summary>
    public const int Kill = 9;

    /// <summary>SIGTERM.</summary>
    public const int Terminate = 15;

    /// <summary>SIGCONT.</summary>
    public const int Continue = 18;

    /// <summary>SIGSTOP.</summary>
    public const int Stop = 19;

    /// <summary>Sends a signal; false when there is no such process (any more), or none yet: 0 would be the sender's own group, -1 everybody.</summary>
    public static bool Send(int pid, int signal) => pid > 0 && SendSignal(pid, signal) == 0;

    internal static string Name(int signal) => signal switch
    {
        Interrupt => "INT",
        Quit => "QUIT",
        Kill => "KILL",
        _ => "TERM",
    };

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int pid, int signal);
}
