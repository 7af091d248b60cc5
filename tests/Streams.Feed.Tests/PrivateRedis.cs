using Streams.Local.Servers;

namespace Streams.Feed.Tests;

/// <summary>A private Redis in a folder of its own for one test class.</summary>
public sealed class PrivateRedis : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streams-feed-").FullName;
    private RedisServer? _server;

    /// <summary>The running server.</summary>
    public RedisServer Server => _server!;

    public async Task InitializeAsync()
    {
        _server = new RedisServer(_folder);
        await _server.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }
}
