using Pipelines.Sockets.Unofficial;
using StackExchange.Redis;
using Streams.Fixtures;

namespace Streams.Feed.Tests;

/// <summary>The end of a connection, from both sides.</summary>
public sealed class RedisReconnectTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task Given_a_client_When_the_server_is_killed_and_comes_back_Then_calls_fail_and_later_succeed()
    {
        var options = ConfigurationOptions.Parse(redis.Configuration);
        options.AbortOnConnectFail = false;
        options.ReconnectRetryPolicy = new LinearRetry(100);
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.HeartbeatInterval = TimeSpan.FromMilliseconds(200);
        await using var client = await ConnectionMultiplexer.ConnectAsync(options);
        var failed = new TaskCompletionSource<ConnectionFailureType>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.ConnectionFailed += (_, args) => failed.TrySetResult(args.FailureType);
        var database = client.GetDatabase();
        Assert.True(await database.StringSetAsync("before", 1));

        await redis.Server.KillAsync();
        Assert.NotEqual(ConnectionFailureType.None, await failed.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        await Assert.ThrowsAnyAsync<RedisException>(() => database.StringSetAsync("during", 1));

        await redis.Server.StartAsync();
        await UntilAsync(() => client.IsConnected);
        await UntilAsync(async () => await database.StringSetAsync("after", 1));
        Assert.Equal(1, (int)await database.StringGetAsync("after"));
    }

    [Fact]
    public async Task Given_a_connection_When_the_peer_closes_Then_the_reader_sees_the_end_and_the_cause_is_kept()
    {
        using var pair = await SocketPair.CreateAsync();
        using var connection = SocketConnection.Create(pair.Client, null, null);
        await pair.Server.SendAsync("bye"u8.ToArray());
        pair.Server.Shutdown(System.Net.Sockets.SocketShutdown.Both);

        var read = await connection.Input.ReadAtLeastAsync(10);
        Assert.True(read.IsCompleted);
        Assert.Equal(3, read.Buffer.Length);
        Assert.Equal(3, connection.BytesRead);
        Assert.Equal(PipeShutdownKind.ReadEndOfStream, connection.ShutdownKind);
        Assert.False(connection.TrySetProtocolShutdown(PipeShutdownKind.ProtocolExitServer));
    }

    [Fact]
    public async Task Given_a_pending_read_When_the_connection_is_disposed_Then_the_reader_is_freed()
    {
        using var pair = await SocketPair.CreateAsync();
        var connection = SocketConnection.Create(pair.Client, null, null);
        var reading = connection.Input.ReadAsync().AsTask();
        connection.Dispose();
        var ended = await Task.WhenAny(reading, Task.Delay(TimeSpan.FromSeconds(20), TimeProvider.System));
        Assert.Same(reading, ended);
        Assert.True(reading.IsFaulted || (await reading).IsCompleted);
        Assert.Equal(PipeShutdownKind.PipeDisposed, connection.ShutdownKind);
    }

    private static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await HoldsAsync(condition))
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    private static async Task<bool> HoldsAsync(Func<Task<bool>> condition)
    {
        try
        {
            return await condition();
        }
        catch (RedisException)
        {
            return false;
        }
    }
}
