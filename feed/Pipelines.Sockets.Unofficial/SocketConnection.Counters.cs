using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.IO.Pipelines;

namespace Pipelines.Sockets.Unofficial;

public sealed partial class SocketConnection
{
    /// <summary>How much waits where, at this moment.</summary>
    public Counters GetCounters()
    {
        var available = 0;
        Quietly(() => available = Socket.Available);
        return new Counters(available, Length(_send), Length(_receive));
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Length")]
    private static extern long Length(Pipe pipe);

    /// <summary>How much waits where.</summary>
    public readonly struct Counters
    {
        internal Counters(long onSocket, long toSend, long toRead) =>
            (BytesAvailableOnSocket, BytesWaitingToBeSent, BytesWaitingToBeRead) = (onSocket, toSend, toRead);

        /// <summary>Bytes in the socket's buffer that were not read yet.</summary>
        public long BytesAvailableOnSocket { get; }

        /// <summary>Bytes in the send pipe.</summary>
        public long BytesWaitingToBeSent { get; }

        /// <summary>Bytes in the receive pipe.</summary>
        public long BytesWaitingToBeRead { get; }
    }
}
