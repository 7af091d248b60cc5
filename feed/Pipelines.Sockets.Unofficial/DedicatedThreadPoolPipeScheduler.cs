using System.IO.Pipelines;

namespace Pipelines.Sockets.Unofficial;

/// <summary>Runs work on threads of its own, so that a starved thread pool does not hold up sockets; past a queue length the pool helps.</summary>
public sealed class DedicatedThreadPoolPipeScheduler : PipeScheduler, IDisposable
{
    private readonly Queue<(Action<object?> Action, object? State)> _queue = new();
    private readonly int _queueLimit;
    private readonly string _name;
    private long _byQueue, _byPool;
    private int _idle;
    private bool _disposed;

    /// <summary>Starts the threads.</summary>
    /// <param name="name">Prefix of the threads' names.</param>
    /// <param name="workerCount">Number of threads, 0 or more.</param>
    /// <param name="useThreadPoolQueueLength">Work that finds this many items waiting goes to the thread pool.</param>
    /// <param name="priority">Of the threads.</param>
    public DedicatedThreadPoolPipeScheduler(
        string? name = null, int workerCount = 5, int useThreadPoolQueueLength = 10, ThreadPriority priority = ThreadPriority.Normal)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(workerCount);
        WorkerCount = workerCount;
        _queueLimit = useThreadPoolQueueLength;
        _name = string.IsNullOrWhiteSpace(name) ? nameof(DedicatedThreadPoolPipeScheduler) : name.Trim();
        for (var i = 0; i < workerCount; i++)
        {
            new Thread(Work) { Name = $"{_name}:{i}", Priority = priority, IsBackground = true }.Start();
        }
    }

    /// <summary>Number of threads.</summary>
    public int WorkerCount { get; }

    /// <summary>Threads that wait for work.</summary>
    public int AvailableCount => Volatile.Read(ref _idle);

    /// <summary>Items that these threads ran.</summary>
    public long TotalServicedByQueue => Volatile.Read(ref _byQueue);

    /// <summary>Items that went to the thread pool.</summary>
    public long TotalServicedByPool => Volatile.Read(ref _byPool);

    /// <inheritdoc/>
    public override void Schedule(Action<object?> action, object? state)
    {
        if (action is null)
        {
            return;
        }

        lock (_queue)
        {
            if (!_disposed && _queue.Count < _queueLimit)
            {
                _queue.Enqueue((action, state));
                Monitor.Pulse(_queue);
                return;
            }
        }

        Interlocked.Increment(ref _byPool);
        ThreadPool.Schedule(action, state);
    }

    /// <summary>Ends the threads after what is queued; later work goes to the thread pool.</summary>
    public void Dispose()
    {
        lock (_queue)
        {
            _disposed = true;
            Monitor.PulseAll(_queue);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => _name;

    private void Work()
    {
        while (TryTake(out var item))
        {
            Interlocked.Increment(ref _byQueue);
            try
            {
                item.Action(item.State);
            }
            catch (Exception failure)
            {
                // As in the package: a failing item does not end the worker.
                System.Diagnostics.Debug.WriteLine(failure);
            }
        }
    }

    private bool TryTake(out (Action<object?> Action, object? State) item)
    {
        lock (_queue)
        {
            while (!_queue.TryDequeue(out item))
            {
                if (_disposed)
                {
                    return false;
                }

                _idle++;
                Monitor.Wait(_queue);
                _idle--;
            }

            return true;
        }
    }
}
