using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Streams.Local.Processes;

/// <summary>
/// Free loopback ports below the ephemeral range (32768…): between a stop and a restart no outgoing connection of this machine can
/// be given the same number.
/// </summary>
public static class Ports
{
    private const int First = 20_000;
    private const int Last = 32_000;
    private static readonly HashSet<int> Given = [];

    /// <summary>A port on which nothing listens, not given out before by this process.</summary>
    public static int Take()
    {
        lock (Given)
        {
            while (true)
            {
                var port = RandomNumberGenerator.GetInt32(First, Last);
                if (IsFree(port) && Given.Add(port))
                {
                    return port;
                }
            }
        }
    }

    /// <summary>The port saved in <paramref name="file"/> when it is free, else a new one, saved there.</summary>
    public static int Keep(string file)
    {
        var saved = File.Exists(file) && int.TryParse(File.ReadAllText(file), NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : 0;
        if (saved != 0 && IsFree(saved))
        {
            return saved;
        }

        var taken = Take();
        File.WriteAllText(file, taken.ToString(CultureInfo.InvariantCulture));
        return taken;
    }

    /// <summary>
    /// True when something listens on 127.0.0.1:<paramref name="port"/>. Found out by connecting: a server that is about to bind the port
    /// is not in its way, as it is with <see cref="IsFree"/>.
    /// </summary>
    public static bool IsListening(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>
    /// True when nothing listens on 127.0.0.1:<paramref name="port"/>. Found out by listening there for a moment, so only for a port whose
    /// server has not been started.
    /// </summary>
    public static bool IsFree(int port)
    {
        // As servers do: a port in TIME_WAIT from connections of its last owner counts as free.
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen(1);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
