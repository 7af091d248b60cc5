using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Pipelines.Sockets.Unofficial;

/// <summary>Socket event arguments that can be awaited once per operation; the continuation runs on the given scheduler.</summary>
public class SocketAwaitableEventArgs : SocketAsyncEventArgs, ICriticalNotifyCompletion
{
    private static readonly Action Finished = () => { };
    private readonly PipeScheduler? _scheduler;
    private Action? _continuation;
    private SocketError _forced;

    /// <summary>Continuations run inline where no scheduler is given.</summary>
    public SocketAwaitableEventArgs(PipeScheduler? ioScheduler = null)
        : base(true) => _scheduler = ioScheduler == PipeScheduler.Inline ? null : ioScheduler;

    /// <summary>Whether the operation is over.</summary>
    public bool IsCompleted => ReferenceEquals(Volatile.Read(ref _continuation), Finished);

    /// <summary>Itself.</summary>
    public SocketAwaitableEventArgs GetAwaiter() => this;

    /// <summary>Bytes transferred.</summary>
    /// <exception cref="SocketException">The operation failed or was aborted.</exception>
    public int GetResult()
    {
        _continuation = null;
        var error = _forced != SocketError.Success ? _forced : SocketError;
        _forced = SocketError.Success;
        return error == SocketError.Success ? BytesTransferred : throw new SocketException((int)error);
    }

    /// <inheritdoc/>
    public void OnCompleted(Action continuation)
    {
        if (ReferenceEquals(Volatile.Read(ref _continuation), Finished)
            || ReferenceEquals(Interlocked.CompareExchange(ref _continuation, continuation, null), Finished))
        {
            _ = Task.Run(continuation);
        }
    }

    /// <inheritdoc/>
    public void UnsafeOnCompleted(Action continuation) => OnCompleted(continuation);

    /// <summary>Marks the operation as over.</summary>
    public void Complete() => OnCompleted(this);

    /// <summary>Ends the wait with an error.</summary>
    public void Abort(SocketError error = SocketError.OperationAborted)
    {
        if (error == SocketError.Success)
        {
            throw new ArgumentException("An abort needs an error.", nameof(error));
        }

        _forced = error;
        OnCompleted(this);
    }

    /// <inheritdoc/>
    protected override void OnCompleted(SocketAsyncEventArgs e)
    {
        var continuation = Interlocked.Exchange(ref _continuation, Finished);
        if (continuation is null || ReferenceEquals(continuation, Finished))
        {
            return;
        }

        if (_scheduler is null)
        {
            continuation();
        }
        else
        {
            _scheduler.Schedule(static state => ((Action)state!)(), continuation);
        }
    }
}
