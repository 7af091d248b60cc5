using System.IO.Pipelines;

namespace Pipelines.Sockets.Unofficial;

/// <summary>Streams as pipes: what a TLS connection needs.</summary>
public static class StreamConnection
{
    /// <summary>Both directions of <paramref name="stream"/>.</summary>
    public static IDuplexPipe GetDuplex(Stream stream, PipeOptions? sendPipeOptions, PipeOptions? receivePipeOptions, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return new StreamPipe(stream, sendPipeOptions ?? PipeOptions.Default, receivePipeOptions ?? PipeOptions.Default, write: true, name);
    }

    /// <summary>The reading direction of <paramref name="stream"/>.</summary>
    public static PipeReader GetReader(Stream stream, PipeOptions? pipeOptions = null, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return new StreamPipe(stream, PipeOptions.Default, pipeOptions ?? PipeOptions.Default, write: false, name).Input;
    }

    private sealed class StreamPipe : IMeasuredDuplexPipe
    {
        private readonly Stream _stream;
        private readonly Pipe _read, _write;
        private readonly string _name;
        private long _sent, _received;

        internal StreamPipe(Stream stream, PipeOptions send, PipeOptions receive, bool write, string? name)
        {
            _stream = stream;
            _name = string.IsNullOrWhiteSpace(name) ? nameof(StreamConnection) : name;
            _read = new Pipe(receive);
            _write = new Pipe(send);
            receive.ReaderScheduler.Schedule(static p => _ = ((StreamPipe)p!).FillAsync(), this);
            if (write)
            {
                send.WriterScheduler.Schedule(static p => _ = ((StreamPipe)p!).DrainAsync(), this);
            }
        }

        public PipeReader Input => _read.Reader;

        public PipeWriter Output => _write.Writer;

        public long TotalBytesSent => Interlocked.Read(ref _sent);

        public long TotalBytesReceived => Interlocked.Read(ref _received);

        public override string ToString() => _name;

        private async Task FillAsync()
        {
            Exception? error = null;
            try
            {
                int read;
                FlushResult flushed = default;
                while (!flushed.IsCompleted && !flushed.IsCanceled && (read = await _stream.ReadAsync(_read.Writer.GetMemory(1))) > 0)
                {
                    _read.Writer.Advance(read);
                    Interlocked.Add(ref _received, read);
                    flushed = await _read.Writer.FlushAsync();
                }
            }
            catch (Exception failure)
            {
                error = failure;
            }

            await _read.Writer.CompleteAsync(error);
        }

        private async Task DrainAsync()
        {
            Exception? error = null;
            try
            {
                while (await DrainOnceAsync())
                {
                }
            }
            catch (Exception failure)
            {
                error = failure;
            }

            await _write.Reader.CompleteAsync(error);
        }

        /// <summary>Writes what is there; flushes the stream before waiting, when nothing more is at hand.</summary>
        private async ValueTask<bool> DrainOnceAsync()
        {
            var pending = _write.Reader.ReadAsync();
            if (!pending.IsCompleted)
            {
                await _stream.FlushAsync();
            }

            var result = await pending;
            foreach (var segment in result.Buffer)
            {
                await _stream.WriteAsync(segment);
                Interlocked.Add(ref _sent, segment.Length);
            }

            var last = result.IsCanceled || (result.IsCompleted && result.Buffer.IsEmpty);
            _write.Reader.AdvanceTo(result.Buffer.End);
            return !last;
        }
    }
}
