using System.Net;
using System.Net.Sockets;

namespace Streams.Feed.Tests;

/// <summary>Two connected sockets on loopback.</summary>
public sealed class SocketPair : IDisposable
{
    private SocketPair(Socket client, Socket server) => (Client, Server) = (client, server);

    public Socket Client { get; }

    public Socket Server { get; }

    public static async Task<SocketPair> CreateAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndpoint);
        return new SocketPair(client, await listener.AcceptSocketAsync());
    }

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
    }
}
