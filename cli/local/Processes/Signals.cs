using System.Runtime.InteropServices;

namespace Streams.Local.Processes;

/// <summary>Signals by process id.</summary>
public static partial class Signals
{
    /// <summary>Interrupt: Postgres' fast shutdown.</summary>
    public const int Interrupt = 2;

    /// <summary>Kill: no clean-up.</summary>
    public const int Kill = 9;

    /// <summary>Continue after a stop.</summary>
    public const int Continue = 18;

    /// <summary>Stop: the process keeps its memory and its sockets and does nothing.</summary>
    public const int Stop = 19;

    /// <summary>Terminate: an orderly end.</summary>
    public const int Terminate = 15;

    /// <summary>Sends a signal. False: there is no such process.</summary>
    public static bool Send(int processId, int signal) => SendNative(processId, signal) == 0;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendNative(int processId, int signal);
}
