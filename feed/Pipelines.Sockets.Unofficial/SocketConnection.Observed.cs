using System.IO.Pipelines;
using System.Net.Sockets;

namespace Pipelines.Sockets.Unofficial;

public sealed partial class SocketConnection
{
    /// <summary>The input, telling the connection when its user is done with it: then the peer need not send any more.</summary>
    private sealed class ObservedReader(PipeReader inner, SocketConnection connection) : PipeReader
    {
        public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => inner.ReadAsync(cancellationToken);

        public override bool TryRead(out ReadResult result) => inner.TryRead(out result);

        public override void Complete(Exception? exception = null)
        {
            connection.TryEnd(PipeShutdownKind.InputReaderCompleted, exception);
            Quietly(() => connection.Socket.Shutdown(SocketShutdown.Receive));
            inner.Complete(exception);
        }
    }

    /// <summary>The output, telling the connection when its user is done with it.</summary>
    private sealed class ObservedWriter(PipeWriter inner, SocketConnection connection) : PipeWriter
    {
        public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

        public override long UnflushedBytes => inner.UnflushedBytes;

        public override void Advance(int bytes) => inner.Advance(bytes);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

        public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
            inner.WriteAsync(source, cancellationToken);

        public override void Complete(Exception? exception = null)
        {
            connection.TryEnd(PipeShutdownKind.OutputWriterCompleted, exception);
            inner.Complete(exception);
        }
    }
}
