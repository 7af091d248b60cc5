using System.Net;
using System.Net.Sockets;

namespace Streams.Local.Processes;

/// <summary>Free loopback ports.</summary>
public static class FreePort
{
    private static readonly HashSet<int> Given = [];

    /// <summary>The wanted port if it is free, else one that the kernel picks; none is given twice by this process.</summary>
    public static int Take(int wanted = 0)
    {
        lock (Given)
        {
            if (wanted != 0 && !Given.Contains(wanted) && TryBind(wanted) is { } same)
            {
                Given.Add(same);
                return same;
            }

            while (true)
            {
                if (TryBind(0) is { } port && Given.Add(port))
                {
                    return port;
                }
            }
        }
    }

    private static int? TryBind(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
