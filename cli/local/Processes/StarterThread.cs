using System.Collections.Concurrent;
using System.Diagnostics;

namespace Streams.Local.Processes;

/// <summary>
/// The one thread that starts children. PR_SET_PDEATHSIG fires when the <em>thread</em> that forked ends, not the process: a pool thread
/// that retires would take a healthy server with it. This thread lives as long as the process.
/// </summary>
internal static class StarterThread
{
    private static readonly BlockingCollection<Action> Queue = Start();

    public static Task<Process> StartAsync(ProcessStartInfo info)
    {
        var done = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        Queue.Add(() =>
        {
            try
            {
                done.SetResult(Process.Start(info) ?? throw LocalErrors.StartFailed.With($"{info.FileName} gave no process."));
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }
        });
        return done.Task;
    }

    private static BlockingCollection<Action> Start()
    {
        var queue = new BlockingCollection<Action>();
        var thread = new Thread(() =>
        {
            foreach (var action in queue.GetConsumingEnumerable())
            {
                action();
            }
        })
        {
            IsBackground = true,
            Name = "streams-children",
        };
        thread.Start();
        return queue;
    }
}
