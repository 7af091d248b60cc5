using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;

namespace Pipelines.Sockets.Unofficial;

/// <summary>Options of a <see cref="SocketConnection"/>. Accepted for the package's sake; the pumps here always use the pipe's schedulers.</summary>
[Flags]
public enum SocketConnectionOptions
{
    /// <summary>Defaults.</summary>
    None = 0,

    /// <summary>Wait for data without holding a buffer.</summary>
    ZeroLengthReads = 1,
}

/// <summary>A duplex pipe that counts its bytes.</summary>
public interface IMeasuredDuplexPipe : IDuplexPipe
{
    /// <summary>Bytes sent so far.</summary>
    long TotalBytesSent { get; }

    /// <summary>Bytes received so far.</summary>
    long TotalBytesReceived { get; }
}

/// <summary>
/// A connected socket as a duplex pipe: one pump moves received bytes into the input pipe, one moves the output pipe onto the socket.
/// The first pump to end records why.
/// </summary>
public sealed class SocketConnection : IMeasuredDuplexPipe, IDisposable
{
    private readonly Pipe _receive;
    private readonly Pipe _send;
    private int _shutdownKind;
    private int _ended;
    private long _sent;
    private long _received;

    private SocketConnection(Socket socket, PipeOptions sendOptions, PipeOptions receiveOptions)
    {
        Socket = socket;
        _send = new Pipe(sendOptions);
        _receive = new Pipe(receiveOptions);
        sendOptions.ReaderScheduler.Schedule(static self => _ = ((SocketConnection)self!).SendAllAsync(), this);
        receiveOptions.ReaderScheduler.Schedule(static self => _ = ((SocketConnection)self!).ReceiveAllAsync(), this);
    }

    /// <summary>The socket underneath.</summary>
    public Socket Socket { get; }

    /// <inheritdoc/>
    public PipeReader Input => _receive.Reader;

    /// <inheritdoc/>
    public PipeWriter Output => _send.Writer;

    /// <summary>Why the connection first ended.</summary>
    public PipeShutdownKind ShutdownKind => (PipeShutdownKind)Volatile.Read(ref _shutdownKind);

    /// <summary>The socket error that ended it, if one did.</summary>
    public SocketError SocketError { get; private set; }

    /// <summary>Bytes received.</summary>
    public long BytesRead => Volatile.Read(ref _received);

    /// <summary>Bytes sent.</summary>
    public long BytesSent => Volatile.Read(ref _sent);

    /// <summary>Bytes of the latest receive.</summary>
    public int LastReceived { get; private set; }

    long IMeasuredDuplexPipe.TotalBytesSent => BytesSent;

    long IMeasuredDuplexPipe.TotalBytesReceived => BytesRead;

    /// <summary>The package checks its own dependencies here; a project reference has them by construction.</summary>
    public static void AssertDependencies()
    {
    }

    /// <summary>No delay, as every request-response client wants it.</summary>
    public static void SetRecommendedClientOptions(Socket socket)
    {
        if (socket.AddressFamily != AddressFamily.Unix)
        {
            socket.NoDelay = true;
        }
    }

    /// <summary>Wraps a connected socket; both pumps start at once.</summary>
    public static SocketConnection Create(
        Socket socket, PipeOptions sendPipeOptions, PipeOptions receivePipeOptions,
        SocketConnectionOptions socketConnectionOptions = SocketConnectionOptions.None, string? name = null) =>
        new(socket, sendPipeOptions, receivePipeOptions);

    /// <summary>Records that the protocol above ended the connection. False if something else did before.</summary>
    public bool TrySetProtocolShutdown(PipeShutdownKind kind) =>
        kind is PipeShutdownKind.ProtocolExitClient or PipeShutdownKind.ProtocolExitServer && TrySetShutdown(kind);

    /// <summary>What waits where.</summary>
    public Counters GetCounters() => new(Available(), -1, -1);

    /// <inheritdoc/>
    public void Dispose()
    {
        TrySetShutdown(PipeShutdownKind.PipeDisposed);
        Close();
        _receive.Reader.Complete();
        _send.Writer.Complete();
    }

    private async Task ReceiveAllAsync()
    {
        Exception? cause = null;
        try
        {
            while (true)
            {
                var buffer = _receive.Writer.GetMemory(1);
                var count = await Socket.ReceiveAsync(buffer, SocketFlags.None, CancellationToken.None);
                if (count == 0)
                {
                    TrySetShutdown(PipeShutdownKind.ReadEndOfStream);
                    break;
                }

                LastReceived = count;
                Interlocked.Add(ref _received, count);
                _receive.Writer.Advance(count);
                var flushed = await _receive.Writer.FlushAsync(CancellationToken.None);
                if (flushed.IsCompleted || flushed.IsCanceled)
                {
                    TrySetShutdown(flushed.IsCanceled ? PipeShutdownKind.ReadFlushCanceled : PipeShutdownKind.ReadFlushCompleted);
                    break;
                }
            }
        }
        catch (Exception exception)
        {
            cause = Ended(exception, PipeShutdownKind.ReadException);
        }

        await _receive.Writer.CompleteAsync(cause);
        Close();
    }

    private async Task SendAllAsync()
    {
        Exception? cause = null;
        try
        {
            while (true)
            {
                var read = await _send.Reader.ReadAsync(CancellationToken.None);
                foreach (var segment in read.Buffer)
                {
                    await SendAsync(segment);
                }

                _send.Reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted || read.IsCanceled)
                {
                    TrySetShutdown(PipeShutdownKind.WriteEndOfStream);
                    break;
                }
            }
        }
        catch (Exception exception)
        {
            cause = Ended(exception, PipeShutdownKind.WriteException);
        }

        await _send.Reader.CompleteAsync(cause);
        Close();
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var count = await Socket.SendAsync(bytes, SocketFlags.None, CancellationToken.None);
            Interlocked.Add(ref _sent, count);
            bytes = bytes[count..];
        }
    }

    /// <summary>Maps an error to the kind of its side (read kinds are 100 below write kinds but for I/O) and to what the pipe's other end shall see.</summary>
    private Exception? Ended(Exception exception, PipeShutdownKind other)
    {
        var reading = other == PipeShutdownKind.ReadException;
        switch (exception)
        {
            case ObjectDisposedException:
                TrySetShutdown(reading ? PipeShutdownKind.ReadDisposed : PipeShutdownKind.WriteDisposed);
                return null;
            case SocketException socket:
                if (TrySetShutdown(reading ? PipeShutdownKind.ReadSocketError : PipeShutdownKind.WriteSocketError))
                {
                    SocketError = socket.SocketErrorCode;
                }

                return socket.SocketErrorCode == SocketError.ConnectionReset ? new ConnectionResetException(socket.Message, socket) : socket;
            case IOException:
                TrySetShutdown(reading ? PipeShutdownKind.ReadIOException : PipeShutdownKind.WriteIOException);
                return exception;
            default:
                TrySetShutdown(other);
                return exception;
        }
    }

    private bool TrySetShutdown(PipeShutdownKind kind) => Interlocked.CompareExchange(ref _shutdownKind, (int)kind, 0) == 0;

    private long Available()
    {
        try
        {
            return Socket.Available;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return -1;
        }
    }

    private void Close()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
        {
            return;
        }

        try
        {
            Socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            SocketError = (exception as SocketException)?.SocketErrorCode ?? SocketError;
        }

        Socket.Dispose();
    }

    /// <summary>Bytes that wait; −1 where that is not known.</summary>
    public readonly struct Counters(long onSocket, long toBeRead, long toBeSent)
    {
        /// <summary>Received by the kernel, not yet read.</summary>
        public long BytesAvailableOnSocket { get; } = onSocket;

        /// <summary>In the input pipe.</summary>
        public long BytesWaitingToBeRead { get; } = toBeRead;

        /// <summary>In the output pipe.</summary>
        public long BytesWaitingToBeSent { get; } = toBeSent;
    }
}
