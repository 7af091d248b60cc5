using System.IO.Pipelines;

namespace Pipelines.Sockets.Unofficial;

/// <summary>A duplex pipe that counts what passes.</summary>
public interface IMeasuredDuplexPipe : IDuplexPipe
{
    /// <summary>Bytes that left through the pipe.</summary>
    long TotalBytesSent { get; }

    /// <summary>Bytes that came in through the pipe.</summary>
    long TotalBytesReceived { get; }
}
