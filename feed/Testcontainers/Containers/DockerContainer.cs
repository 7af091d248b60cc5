using Streams.Local.Servers;

namespace DotNet.Testcontainers.Containers;

/// <summary>What fixtures use of a container, on a private local process instead of an image.</summary>
public interface IContainer : IAsyncDisposable
{
    /// <summary>Host on which the service answers.</summary>
    string Hostname { get; }

    /// <summary>Starts and waits until the service answers.</summary>
    Task StartAsync(CancellationToken ct = default);

    /// <summary>Stops; data stays until disposal.</summary>
    Task StopAsync(CancellationToken ct = default);

    /// <summary>Port on the host that stands for the service's own.</summary>
    ushort GetMappedPublicPort(int containerPort);
}

/// <summary>A "container" that is a local process in a temporary folder, gone when disposed.</summary>
public abstract class DockerContainer : IContainer
{
    private readonly DirectoryInfo _folder;
    private readonly LocalServer _server;

    /// <param name="prefix">Prefix of the folder's name.</param>
    /// <param name="create">Makes the server in the folder.</param>
    protected DockerContainer(string prefix, Func<string, LocalServer> create)
    {
        _folder = Directory.CreateTempSubdirectory(prefix);
        // The server may run as another user, who has to pass through.
        _folder.UnixFileMode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        _server = create(_folder.FullName);
    }

    /// <inheritdoc/>
    public string Hostname => "127.0.0.1";

    /// <inheritdoc/>
    public virtual Task StartAsync(CancellationToken ct = default) => _server.StartAsync(ct);

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken ct = default) => _server.StopAsync(ct);

    /// <inheritdoc/>
    public ushort GetMappedPublicPort(int containerPort) => checked((ushort)_server.Port);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _server.DisposeAsync();
        if (_folder.Exists)
        {
            _folder.Delete(recursive: true);
            _folder.Refresh();
        }
    }
}
