using StackExchange.Redis;
using Streams.Local.Servers;

namespace Streams.Local.Tests;

public sealed class RedisServerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Given_a_key_When_killed_and_restarted_Then_it_is_kept_only_with_the_append_only_file(bool appendOnly)
    {
        await using var server = new RedisServer(_folder.In("redis")) { AppendOnly = appendOnly };
        await server.StartAsync();
        var port = server.Port;
        await OnAsync(server, database => database.StringSetAsync("k", "v"));

        await server.KillAsync();
        await server.StartAsync();

        Assert.Equal(port, server.Port);
        Assert.Equal(appendOnly, await OnAsync(server, database => database.KeyExistsAsync("k")));
    }

    [Fact]
    public async Task Given_another_process_on_the_kept_port_When_restarted_Then_the_error_names_the_port()
    {
        await using var server = new RedisServer(_folder.In("redis"));
        await server.StartAsync();
        await server.StopAsync();
        using var squatter = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, server.Port);
        squatter.Start();

        var error = await Assert.ThrowsAsync<Core.Errors.StreamsException>(() => server.StartAsync());

        Assert.Equal("STR7005", error.Error.Code);
    }

    [Fact]
    public async Task Given_a_stopped_stack_When_another_one_starts_on_the_folder_Then_the_port_is_the_same()
    {
        int port;
        await using (var first = new RedisServer(_folder.In("redis")))
        {
            await first.StartAsync();
            port = first.Port;
        }

        await using var second = new RedisServer(_folder.In("redis"));
        await second.StartAsync();

        Assert.Equal(port, second.Port);
    }

    private static async Task<bool> OnAsync(RedisServer server, Func<IDatabase, Task<bool>> use)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(server.Configuration);
        return await use(redis.GetDatabase());
    }
}
