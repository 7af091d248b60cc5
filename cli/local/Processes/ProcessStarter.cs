using System.Collections.Concurrent;
using System.Diagnostics;

namespace Streams.Local.Processes;

/// <summary>
/// Forks every child from one thread that lives as long as this process: the parent-death signal of Linux is tied to the thread that forked
/// (prctl(2), PR_SET_PDEATHSIG), and a thread of the pool may end long before its process.
/// </summary>
internal static class ProcessStarter
{
    private static readonly BlockingCollection<(ProcessStartInfo Info, TaskCompletionSource<Process> Started)> Queue = [];

    static ProcessStarter() => new Thread(Work) { IsBackground = true, Name = "process starter" }.Start();

    public static Task<Process> StartAsync(ProcessStartInfo info)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        Queue.Add((info, started));
        return started.Task;
    }

    private static void Work()
    {
        foreach (var (info, started) in Queue.GetConsumingEnumerable())
        {
            try
            {
                started.SetResult(Process.Start(info)!);
            }
            catch (Exception exception)
            {
                started.SetException(exception);
            }
        }
    }
}
