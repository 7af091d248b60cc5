using System.IO.Pipelines;
using System.Net.Sockets;

namespace Pipelines.Sockets.Unofficial;

/// <summary>A socket as two pipes.</summary>
/// <remarks>
/// <code>
///   Output ──► send pipe ──► send loop ──► socket ──► receive loop ──► receive pipe ──► Input
/// </code>
/// Each loop owns one end of one pipe and one set of event arguments. The first cause of an end is kept in <see cref="ShutdownKind"/>.
/// </remarks>
public sealed partial class SocketConnection : IMeasuredDuplexPipe, IDisposable
{
    private readonly Pipe _send, _receive;
    private readonly SocketConnectionOptions _options;
    private readonly PipeScheduler _sendScheduler, _receiveScheduler;
    private readonly string _name;
    private int _shutdownKind;

    private SocketConnection(Socket socket, PipeOptions send, PipeOptions receive, SocketConnectionOptions options, string? name)
    {
        Socket = socket;
        _options = options;
        _name = string.IsNullOrWhiteSpace(name) ? nameof(SocketConnection) : name.Trim();
        _send = new Pipe(send);
        _receive = new Pipe(receive);
        _sendScheduler = send.ReaderScheduler;
        _receiveScheduler = receive.WriterScheduler;
        Input = new ObservedReader(_receive.Reader, this);
        Output = new ObservedWriter(_send.Writer, this);
        send.ReaderScheduler.Schedule(static c => _ = ((SocketConnection)c!).SendAsync(), this);
        receive.ReaderScheduler.Schedule(static c => _ = ((SocketConnection)c!).ReceiveAsync(), this);
    }

    /// <summary>The socket below.</summary>
    public Socket Socket { get; }

    /// <summary>What came from the socket.</summary>
    public PipeReader Input { get; }

    /// <summary>What goes to the socket.</summary>
    public PipeWriter Output { get; }

    /// <summary>What ended this connection first, if it has ended.</summary>
    public PipeShutdownKind ShutdownKind => (PipeShutdownKind)Volatile.Read(ref _shutdownKind);

    /// <summary>The error, where the kind of end speaks of one.</summary>
    public SocketError SocketError { get; private set; }

    /// <summary>Fails where a needed assembly is missing. Pipelines are part of the framework here, so nothing can be.</summary>
    public static void AssertDependencies()
    {
    }

    /// <summary>What a client's socket should have: no delay, except on Unix sockets.</summary>
    public static void SetRecommendedClientOptions(Socket socket)
    {
        if (socket.AddressFamily != AddressFamily.Unix)
        {
            Quietly(() => socket.NoDelay = true);
        }
    }

    /// <summary>Starts both loops over <paramref name="socket"/>.</summary>
    public static SocketConnection Create(
        Socket socket,
        PipeOptions? sendPipeOptions,
        PipeOptions? receivePipeOptions,
        SocketConnectionOptions socketConnectionOptions = SocketConnectionOptions.None,
        string? name = null)
    {
        ArgumentNullException.ThrowIfNull(socket);
        return new SocketConnection(
            socket, sendPipeOptions ?? PipeOptions.Default, receivePipeOptions ?? PipeOptions.Default, socketConnectionOptions, name);
    }

    /// <summary>Records that the protocol, not the transport, ended the conversation. Only the two protocol kinds are taken.</summary>
    public bool TrySetProtocolShutdown(PipeShutdownKind kind) =>
        kind is PipeShutdownKind.ProtocolExitClient or PipeShutdownKind.ProtocolExitServer && TryEnd(kind);

    /// <summary>Ends both loops and closes the socket.</summary>
    public void Dispose()
    {
        TryEnd(PipeShutdownKind.PipeDisposed);
        Quietly(() => Socket.Shutdown(SocketShutdown.Both));
        Socket.Dispose();
        // A pending operation of a closed socket is not always called back.
        var (receiving, sending) = (_receiving, _sending);
        Quietly(() => receiving?.Abort());
        Quietly(() => sending?.Abort());
    }

    /// <inheritdoc/>
    public override string ToString() => _name;

    private bool TryEnd(PipeShutdownKind kind, Exception? cause = null)
    {
        if (Interlocked.CompareExchange(ref _shutdownKind, (int)kind, 0) != 0)
        {
            return false;
        }

        SocketError = (cause as SocketException)?.SocketErrorCode ?? SocketError.Success;
        return true;
    }

    /// <summary>Closing races with the peer, the other loop and Dispose: what is already closed is fine.</summary>
    private static void Quietly(Action close)
    {
        try
        {
            close();
        }
        catch (Exception already) when (already is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            System.Diagnostics.Debug.WriteLine(already.Message);
        }
    }
}
