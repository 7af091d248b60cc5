using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Streams.Local.Processes;

namespace Streams.Local.Servers;

/// <summary>A private Redis that never evicts. Without <see cref="AppendOnly"/> it keeps nothing: a kill is a loss of all state.</summary>
/// <param name="folder">Folder of this server.</param>
/// <param name="time">Clock of the time-outs.</param>
public sealed class RedisServer(string folder, TimeProvider? time = null) : LocalServer("redis", folder, time)
{
    /// <value>Append-only file, written before each answer. Default off.</value>
    public bool AppendOnly { get; init; }

    /// <value>Further settings under their own names, such as <c>maxmemory</c>.</value>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <inheritdoc/>
    public override string Address => $"redis://127.0.0.1:{Port}";

    /// <summary>Configuration string for StackExchange.Redis.</summary>
    public string Configuration => $"127.0.0.1:{Port}";

    /// <inheritdoc/>
    protected override Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    protected override ChildCommand Command()
    {
        var settings = new Dictionary<string, string>
        {
            ["port"] = Port.ToString(CultureInfo.InvariantCulture),
            ["bind"] = "127.0.0.1",
            ["dir"] = Folder,
            ["daemonize"] = "no",
            ["save"] = string.Empty,
            ["appendonly"] = AppendOnly ? "yes" : "no",
            ["maxmemory-policy"] = "noeviction",
            ["enable-debug-command"] = "local",
        };
        foreach (var (name, value) in Settings)
        {
            settings[name] = value;
        }

        string[] arguments = [.. settings.SelectMany(setting => new[] { $"--{setting.Key}", setting.Value })];
        return new ChildCommand(Programs.Require("redis-server", "redis-server"), arguments, LogPath) { DeathSignal = Signals.Terminate };
    }

    /// <inheritdoc/>
    protected override async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(2));
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", Port, limit.Token);
        var stream = client.GetStream();
        await stream.WriteAsync("PING\r\n"u8.ToArray(), limit.Token);
        var answer = new byte[64];
        var length = await stream.ReadAsync(answer, limit.Token);
        // "-LOADING …" while the append-only file is read.
        return Encoding.ASCII.GetString(answer, 0, length).StartsWith("+PONG", StringComparison.Ordinal);
    }
}
