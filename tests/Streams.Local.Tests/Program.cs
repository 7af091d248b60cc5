using System.Globalization;
using Streams.Local.Processes;
using Streams.Local.Servers;

namespace Streams.Local.Tests;

/// <summary>The owner that <see cref="OrphanTests"/> kills: starts servers in a folder, prints their pids, waits to be ended.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        var folder = args[0];
        List<LocalServer> servers = [new RedisServer(Path.Combine(folder, "redis")), new PostgresServer(Path.Combine(folder, "pg"))];
        if (KafkaRuntime.Locate() is { } runtime)
        {
            servers.Add(new KafkaServer(Path.Combine(folder, "kafka"), runtime));
        }

        await Task.WhenAll(servers.Select(server => server.StartAsync()));
        var all = servers.SelectMany(server => ProcessIdentity.Descendants(server.Pid).Select(child => child.Pid).Prepend(server.Pid));
        Console.WriteLine(string.Join(' ', all.Select(pid => pid.ToString(CultureInfo.InvariantCulture))));
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);
        return 0;
    }
}
