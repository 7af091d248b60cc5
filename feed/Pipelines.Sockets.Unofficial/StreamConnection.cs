using System.IO.Pipelines;

namespace Pipelines.Sockets.Unofficial;

/// <summary>A stream (TLS) as a duplex pipe, by the framework's own adapters.</summary>
public static class StreamConnection
{
    /// <summary>Both directions of a stream.</summary>
    public static IDuplexPipe GetDuplex(Stream stream, PipeOptions sendPipeOptions, PipeOptions receivePipeOptions, string? name = null) =>
        new Duplex(GetReader(stream, receivePipeOptions, name), PipeWriter.Create(stream, new StreamPipeWriterOptions(sendPipeOptions.Pool, leaveOpen: true)));

    /// <summary>The reading direction of a stream.</summary>
    public static PipeReader GetReader(Stream stream, PipeOptions pipeOptions, string? name = null) =>
        PipeReader.Create(stream, new StreamPipeReaderOptions(pipeOptions.Pool, leaveOpen: true));

    private sealed class Duplex(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input { get; } = input;

        public PipeWriter Output { get; } = output;
    }
}
