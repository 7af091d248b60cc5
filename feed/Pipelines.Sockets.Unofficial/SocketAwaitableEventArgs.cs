using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Pipelines.Sockets.Unofficial;

/// <summary>Socket event arguments that can be awaited: the result is the number of bytes, or the socket's error is thrown.</summary>
/// <remarks>
/// One operation at a time. The slot <c>_next</c> holds nothing (under way), the continuation (awaited) or <see cref="Done"/>;
/// whoever comes second, the completion or the await, runs the continuation.
/// </remarks>
public class SocketAwaitableEventArgs : SocketAsyncEventArgs, ICriticalNotifyCompletion
{
    private static readonly Action Done = static () => { };
    private static readonly Action<object?> Run = static action => ((Action)action!)();

    private readonly PipeScheduler? _scheduler;
    private Action? _next;
    private int _abortedWith;

    /// <summary>Continuations run on <paramref name="ioScheduler"/>; without one, on the thread that completes the operation.</summary>
    public SocketAwaitableEventArgs(PipeScheduler? ioScheduler = null) =>
        _scheduler = ReferenceEquals(ioScheduler, PipeScheduler.Inline) ? null : ioScheduler;

    /// <summary>The operation has ended and <see cref="GetResult"/> may be called.</summary>
    public bool IsCompleted => ReferenceEquals(Volatile.Read(ref _next), Done);

    /// <summary>These arguments are their own awaiter.</summary>
    public SocketAwaitableEventArgs GetAwaiter() => this;

    /// <summary>Ends the operation that is under way, and all later ones, with <paramref name="error"/>.</summary>
    public void Abort(SocketError error = SocketError.OperationAborted)
    {
        if (error == SocketError.Success)
        {
            throw new ArgumentException("An abort needs an error.", nameof(error));
        }

        Volatile.Write(ref _abortedWith, (int)error);
        OnCompleted(this);
    }

    /// <summary>To be called when the socket answered that the operation ended at once.</summary>
    public void Complete() => OnCompleted(this);

    /// <summary>The number of bytes; makes the arguments ready for the next operation.</summary>
    /// <exception cref="SocketException">The operation failed or was aborted.</exception>
    public int GetResult()
    {
        Volatile.Write(ref _next, null);
        var error = (SocketError)Volatile.Read(ref _abortedWith);
        error = error == SocketError.Success ? SocketError : error;
        return error == SocketError.Success ? BytesTransferred : throw new SocketException((int)error);
    }

    /// <inheritdoc/>
    public void OnCompleted(Action continuation)
    {
        if (!ReferenceEquals(Interlocked.CompareExchange(ref _next, continuation, null), Done))
        {
            return;
        }

        // Completed between the question and the await: not on this stack, or a chain of such reads would overflow it.
        (_scheduler ?? PipeScheduler.ThreadPool).Schedule(Run, continuation);
    }

    /// <inheritdoc/>
    public void UnsafeOnCompleted(Action continuation) => OnCompleted(continuation);

    /// <inheritdoc/>
    protected override void OnCompleted(SocketAsyncEventArgs e)
    {
        var continuation = Interlocked.Exchange(ref _next, Done);
        if (continuation is null || ReferenceEquals(continuation, Done))
        {
            return;
        }

        if (_scheduler is null)
        {
            continuation();
        }
        else
        {
            _scheduler.Schedule(Run, continuation);
        }
    }
}
