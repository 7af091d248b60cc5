using System.Collections.Concurrent;
using System.IO.Pipelines;

namespace Pipelines.Sockets.Unofficial;

/// <summary>A pipe scheduler with threads of its own, so that a starved thread pool cannot delay replies; overflow goes to the thread pool.</summary>
public sealed class DedicatedThreadPoolPipeScheduler : PipeScheduler, IDisposable
{
    private readonly BlockingCollection<(Action<object?> Action, object? State)> _queue = [];
    private readonly int _overflowAt;
    private int _available;
    private long _byQueue;
    private long _byPool;

    /// <summary>Starts the workers.</summary>
    /// <param name="name">Thread name.</param>
    /// <param name="workerCount">Number of threads.</param>
    /// <param name="useThreadPoolQueueLength">Above this length of the queue work goes to the thread pool.</param>
    /// <param name="priority">Priority of the threads.</param>
    public DedicatedThreadPoolPipeScheduler(
        string? name = null, int workerCount = 5, int useThreadPoolQueueLength = 10, ThreadPriority priority = ThreadPriority.Normal)
    {
        _overflowAt = useThreadPoolQueueLength;
        WorkerCount = workerCount;
        for (var i = 0; i < workerCount; i++)
        {
            new Thread(Work) { IsBackground = true, Name = name ?? nameof(DedicatedThreadPoolPipeScheduler), Priority = priority }.Start();
        }
    }

    /// <summary>Threads.</summary>
    public int WorkerCount { get; }

    /// <summary>Threads that wait for work.</summary>
    public int AvailableCount => Volatile.Read(ref _available);

    /// <summary>Items run by the own threads.</summary>
    public long TotalServicedByQueue => Volatile.Read(ref _byQueue);

    /// <summary>Items that overflowed.</summary>
    public long TotalServicedByPool => Volatile.Read(ref _byPool);

    /// <inheritdoc/>
    public override void Schedule(Action<object?> action, object? state)
    {
        if (_queue.IsAddingCompleted || _queue.Count >= _overflowAt)
        {
            Interlocked.Increment(ref _byPool);
            ThreadPool.Schedule(action, state);
        }
        else
        {
            _queue.Add((action, state));
        }
    }

    /// <summary>Ends the threads once the queue is empty; later work goes to the thread pool.</summary>
    public void Dispose() => _queue.CompleteAdding();

    private void Work()
    {
        Interlocked.Increment(ref _available);
        foreach (var (action, state) in _queue.GetConsumingEnumerable())
        {
            Interlocked.Decrement(ref _available);
            action(state);
            Interlocked.Increment(ref _byQueue);
            Interlocked.Increment(ref _available);
        }
    }
}
