using System.Net;
using System.Net.Sockets;
using Streams.Local.Processes;

namespace Streams.Local.Tests;

/// <summary>What is asked of a port must not disturb the server that is about to take it.</summary>
public sealed class PortsTests
{
    [Fact]
    public async Task Given_a_port_that_is_asked_all_the_time_When_a_server_listens_there_again_and_again_Then_it_always_can()
    {
        var port = Ports.Take();
        var asked = 0;
        using var end = new CancellationTokenSource();
        var asking = Task.Run(() =>
        {
            for (; !end.IsCancellationRequested; Interlocked.Increment(ref asked))
            {
                _ = Ports.IsListening(port);
            }
        });

        for (var starts = 0; starts < 1_000 || Volatile.Read(ref asked) < 100; starts++)
        {
            using var server = Listen(port);
        }

        await end.CancelAsync();
        await asking;
    }

    [Fact]
    public void Given_a_server_When_its_port_is_asked_Then_it_listens_and_is_not_free()
    {
        var port = Ports.Take();
        Assert.False(Ports.IsListening(port));
        Assert.True(Ports.IsFree(port));

        using var server = Listen(port);

        Assert.True(Ports.IsListening(port));
        Assert.False(Ports.IsFree(port));
    }

    // The runtime sets SO_REUSEADDR at a bind, as servers do; the socket option of that name would set SO_REUSEPORT too.
    private static Socket Listen(int port)
    {
        var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        server.Bind(new IPEndPoint(IPAddress.Loopback, port));
        server.Listen(16);
        return server;
    }
}
