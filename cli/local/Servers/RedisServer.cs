using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Streams.Local.Processes;

namespace Streams.Local.Servers;

/// <summary>A private Redis on loopback, with <c>noeviction</c>: the fence must never be evicted.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);
    private readonly string _folder;
    private readonly bool _durable;
    private ChildProcess? _process;

    private RedisServer(string folder, int port, bool durable) => (_folder, Port, _durable) = (folder, port, durable);

    /// <summary>Port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Process id.</summary>
    public int ProcessId => _process!.Id;

    /// <summary>StackExchange.Redis configuration string.</summary>
    public string Configuration => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>Starts and waits until PING is answered.</summary>
    /// <param name="folder">Data, log and pid file.</param>
    /// <param name="port">Wanted port; 0 = any free one.</param>
    /// <param name="durable">Append-only file, so that a restart resumes; false = memory only.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<RedisServer> StartAsync(string folder, int port, bool durable, CancellationToken cancellationToken)
    {
        var server = new RedisServer(Path.GetFullPath(folder), FreePort.Take(port), durable);
        await server.StartAgainAsync(cancellationToken);
        return server;
    }

    /// <summary>Starts on the same folder and port, after a stop or a kill.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        string[] settings =
        [
            "--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", _folder, "--save", "",
            "--maxmemory-policy", "noeviction", "--appendonly", _durable ? "yes" : "no", "--daemonize", "no",
        ];
        _process = await ChildProcess.StartAsync(new ChildCommand("redis", "redis-server", settings, _folder), cancellationToken);
        await _process.WaitUntilAsync(AnswersAsync, StartLimit, cancellationToken);
    }

    /// <summary>Orderly end.</summary>
    public Task StopAsync() => _process!.StopAsync();

    /// <summary>SIGKILL.</summary>
    public Task KillAsync() => _process!.KillAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", Port, cancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync("PING\r\n"u8.ToArray(), cancellationToken);
        var buffer = new byte[64];
        var count = await stream.ReadAsync(buffer, cancellationToken);
        return Encoding.ASCII.GetString(buffer, 0, count).StartsWith("+PONG", StringComparison.Ordinal);
    }
}
