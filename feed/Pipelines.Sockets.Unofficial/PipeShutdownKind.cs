namespace Pipelines.Sockets.Unofficial;

/// <summary>How a pipe first came to be closed. The numbers are the package's: callers were compiled against them.</summary>
public enum PipeShutdownKind
{
    /// <summary>Still open.</summary>
    None = 0,

    /// <summary>The pipe was disposed.</summary>
    PipeDisposed = 1,

    /// <summary>The peer closed its sending side.</summary>
    ReadEndOfStream = 100,

    /// <summary>The socket was disposed while it was read.</summary>
    ReadDisposed = 101,

    /// <summary>An I/O error while reading.</summary>
    ReadIOException = 102,

    /// <summary>Another error while reading.</summary>
    ReadException = 103,

    /// <summary>A socket error while reading.</summary>
    ReadSocketError = 104,

    /// <summary>The caller completed the pipe that received data goes to.</summary>
    ReadFlushCompleted = 105,

    /// <summary>The caller cancelled it.</summary>
    ReadFlushCanceled = 106,

    /// <summary>Everything to send was sent and the pipe completed.</summary>
    WriteEndOfStream = 200,

    /// <summary>The socket was disposed while it was written.</summary>
    WriteDisposed = 201,

    /// <summary>An I/O error while writing.</summary>
    WriteIOException = 203,

    /// <summary>Another error while writing.</summary>
    WriteException = 204,

    /// <summary>A socket error while writing.</summary>
    WriteSocketError = 205,

    /// <summary>The protocol above ended the connection from this side.</summary>
    ProtocolExitClient = 300,

    /// <summary>The protocol above was told by the server to end it.</summary>
    ProtocolExitServer = 301,
}
