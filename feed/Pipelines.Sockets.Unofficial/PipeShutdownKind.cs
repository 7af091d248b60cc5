namespace Pipelines.Sockets.Unofficial;

/// <summary>Which side ended a connection first. The numbers are those of the package.</summary>
public enum PipeShutdownKind
{
    /// <summary>Open.</summary>
    None = 0,

    /// <summary>The connection was disposed.</summary>
    PipeDisposed = 1,

    /// <summary>The peer closed its side.</summary>
    ReadEndOfStream = 100,

    /// <summary>The socket was disposed under the read loop.</summary>
    ReadDisposed = 101,

    /// <summary>The read loop failed with an I/O error.</summary>
    ReadIOException = 102,

    /// <summary>The read loop failed otherwise.</summary>
    ReadException = 103,

    /// <summary>The read loop got a socket error; see <see cref="SocketConnection.SocketError"/>.</summary>
    ReadSocketError = 104,

    /// <summary>The reader of the input no longer takes data.</summary>
    ReadFlushCompleted = 105,

    /// <summary>A flush of the input was cancelled.</summary>
    ReadFlushCanceled = 106,

    /// <summary>The writer of the output was completed and everything was sent.</summary>
    WriteEndOfStream = 200,

    /// <summary>The socket was disposed under the write loop.</summary>
    WriteDisposed = 201,

    /// <summary>The write loop failed with an I/O error.</summary>
    WriteIOException = 203,

    /// <summary>The write loop failed otherwise.</summary>
    WriteException = 204,

    /// <summary>The write loop got a socket error; see <see cref="SocketConnection.SocketError"/>.</summary>
    WriteSocketError = 205,

    /// <summary>The input's reader was completed.</summary>
    InputReaderCompleted = 300,

    /// <summary>The input's writer was completed.</summary>
    InputWriterCompleted = 301,

    /// <summary>The output's reader was completed.</summary>
    OutputReaderCompleted = 302,

    /// <summary>The output's writer was completed.</summary>
    OutputWriterCompleted = 303,

    /// <summary>The client ended the conversation.</summary>
    ProtocolExitClient = 400,

    /// <summary>The server ended the conversation.</summary>
    ProtocolExitServer = 401,
}
