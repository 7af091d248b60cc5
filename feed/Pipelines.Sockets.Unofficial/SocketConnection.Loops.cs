using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;

namespace Pipelines.Sockets.Unofficial;

public sealed partial class SocketConnection
{
    private SocketAwaitableEventArgs? _receiving, _sending;
    private long _bytesRead, _bytesSent;

    /// <summary>Bytes read from the socket.</summary>
    public long BytesRead => Interlocked.Read(ref _bytesRead);

    /// <summary>Bytes sent to the socket.</summary>
    public long BytesSent => Interlocked.Read(ref _bytesSent);

    /// <summary>Bytes of the last read; 0 at the end of the stream.</summary>
    public int LastReceived { get; private set; }

    long IMeasuredDuplexPipe.TotalBytesReceived => BytesRead;

    long IMeasuredDuplexPipe.TotalBytesSent => BytesSent;

    private async Task ReceiveAsync()
    {
        Exception? error = null;
        var inline = (_options & SocketConnectionOptions.InlineReads) != 0;
        _receiving = new SocketAwaitableEventArgs(inline ? null : _receiveScheduler);
        try
        {
            TryEnd(await ReceiveUntilEndAsync(_receiving));
        }
        catch (Exception failure)
        {
            error = ReceiveFailed(failure);
        }

        Quietly(() => Socket.Shutdown(SocketShutdown.Receive));
        // What was received stays readable; only the writing end is closed.
        await _receive.Writer.CompleteAsync(error);
        TryEnd(PipeShutdownKind.InputWriterCompleted, error);
        Interlocked.Exchange(ref _receiving, null)?.Dispose();
    }

    private async Task<PipeShutdownKind> ReceiveUntilEndAsync(SocketAwaitableEventArgs args)
    {
        while (true)
        {
            if ((_options & SocketConnectionOptions.ZeroLengthReads) != 0 && Socket.Available == 0)
            {
                await Start(args, Memory<byte>.Empty, receive: true);
            }

            var buffer = _receive.Writer.GetMemory(1);
            var read = LastReceived = await Start(args, buffer, receive: true);
            if (read <= 0)
            {
                return PipeShutdownKind.ReadEndOfStream;
            }

            _receive.Writer.Advance(read);
            Interlocked.Add(ref _bytesRead, read);
            var flushed = await _receive.Writer.FlushAsync();
            if (flushed.IsCompleted || flushed.IsCanceled)
            {
                return flushed.IsCompleted ? PipeShutdownKind.ReadFlushCompleted : PipeShutdownKind.ReadFlushCanceled;
            }
        }
    }

    /// <summary>Records why the read loop ended and makes of it what the reader of the input shall see.</summary>
    private Exception ReceiveFailed(Exception failure)
    {
        TryEnd(
            failure switch
            {
                SocketException => PipeShutdownKind.ReadSocketError,
                ObjectDisposedException => PipeShutdownKind.ReadDisposed,
                IOException => PipeShutdownKind.ReadIOException,
                _ => PipeShutdownKind.ReadException,
            },
            failure);
        return failure switch
        {
            SocketException { SocketErrorCode: SocketError.ConnectionReset } => new ConnectionResetException(failure.Message, failure),
            // A read that is pending while the socket is disposed ends with one of these, by platform.
            SocketException
            {
                SocketErrorCode: SocketError.OperationAborted or SocketError.ConnectionAborted or SocketError.Interrupted
                    or SocketError.InvalidArgument
            } or ObjectDisposedException => new ConnectionAbortedException(failure.Message, failure),
            SocketException or IOException => failure,
            _ => new IOException(failure.Message, failure),
        };
    }

    private async Task SendAsync()
    {
        Exception? error = null;
        var inline = (_options & SocketConnectionOptions.InlineWrites) != 0;
        _sending = new SocketAwaitableEventArgs(inline ? null : _sendScheduler);
        try
        {
            await SendUntilEndAsync(_sending);
            TryEnd(PipeShutdownKind.WriteEndOfStream);
        }
        catch (Exception failure)
        {
            error = SendFailed(failure);
        }

        Quietly(() => Socket.Shutdown(SocketShutdown.Send));
        // Both ends: nothing is sent any more, and nobody shall go on writing. A writer in the middle of a call notices at its flush.
        Quietly(() => _send.Writer.Complete(error));
        Quietly(() => _send.Reader.Complete(error));
        TryEnd(PipeShutdownKind.OutputReaderCompleted, error);
        Interlocked.Exchange(ref _sending, null)?.Dispose();
    }

    private async Task SendUntilEndAsync(SocketAwaitableEventArgs args)
    {
        while (true)
        {
            var result = await _send.Reader.ReadAsync();
            if (result.IsCanceled || (result.IsCompleted && result.Buffer.IsEmpty))
            {
                return;
            }

            foreach (var segment in result.Buffer)
            {
                await SendAllAsync(args, segment);
            }

            _send.Reader.AdvanceTo(result.Buffer.End);
        }
    }

    private async Task SendAllAsync(SocketAwaitableEventArgs args, ReadOnlyMemory<byte> rest)
    {
        while (!rest.IsEmpty)
        {
            var sent = await Start(args, System.Runtime.InteropServices.MemoryMarshal.AsMemory(rest), receive: false);
            Interlocked.Add(ref _bytesSent, sent);
            rest = rest[sent..];
        }
    }

    private Exception? SendFailed(Exception failure)
    {
        TryEnd(
            failure switch
            {
                SocketException => PipeShutdownKind.WriteSocketError,
                ObjectDisposedException => PipeShutdownKind.WriteDisposed,
                IOException => PipeShutdownKind.WriteIOException,
                _ => PipeShutdownKind.WriteException,
            },
            failure);
        return failure switch
        {
            SocketException { SocketErrorCode: SocketError.OperationAborted } or ObjectDisposedException => null,
            SocketException or IOException => failure,
            _ => new IOException(failure.Message, failure),
        };
    }

    private SocketAwaitableEventArgs Start(SocketAwaitableEventArgs args, Memory<byte> buffer, bool receive)
    {
        args.SetBuffer(buffer);
        if (!(receive ? Socket.ReceiveAsync(args) : Socket.SendAsync(args)))
        {
            args.Complete();
        }

        return args;
    }
}
