using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;
using Streams.Fixtures;

namespace Streams.Feed.Tests;

/// <summary>StackExchange.Redis against a real server: on a partial feed its sockets, arenas and schedulers are the stand-ins.</summary>
public sealed class RedisClientTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task Given_many_callers_When_they_pipeline_on_one_connection_Then_every_answer_is_its_own()
    {
        await using var client = await ConnectAsync();
        var database = client.GetDatabase();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(caller => Task.Run(async () =>
        {
            var sets = Enumerable.Range(0, 200).Select(i => database.StringSetAsync($"many:{caller}:{i}", $"{caller}/{i}"));
            Assert.All(await Task.WhenAll(sets), Assert.True);
            var values = await database.StringGetAsync([.. Enumerable.Range(0, 200).Select(i => (RedisKey)$"many:{caller}:{i}")]);
            Assert.Equal(Enumerable.Range(0, 200).Select(i => $"{caller}/{i}"), values.Select(v => v.ToString()));
        })));
    }

    [Fact]
    public async Task Given_a_script_When_it_is_called_by_its_hash_Then_nested_answers_of_all_kinds_come_back()
    {
        await using var client = await ConnectAsync();
        var hash = await client.GetServers()[0].ScriptLoadAsync("return {1, 'two', {KEYS[1], ARGV[1], {}}, false}");
        var result = (RedisResult[])(await client.GetDatabase().ScriptEvaluateAsync(hash, ["k"], ["v"]))!;
        Assert.Equal(1, (int)result[0]);
        Assert.Equal("two", (string?)result[1]);
        Assert.Equal(["k", "v"], ((RedisResult[])result[2]!).Take(2).Select(r => (string?)r));
        Assert.Empty((RedisResult[])result[2][2]!);
        Assert.True(result[3].IsNull);
    }

    [Fact]
    public async Task Given_a_script_that_the_server_does_not_know_When_called_Then_the_error_names_it()
    {
        await using var client = await ConnectAsync();
        var unknown = SHA1.HashData(Encoding.ASCII.GetBytes("not there"));
        var error = await Assert.ThrowsAsync<RedisServerException>(() => client.GetDatabase().ScriptEvaluateAsync(unknown));
        Assert.StartsWith("NOSCRIPT", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_an_answer_of_more_elements_than_a_block_of_the_arena_When_read_Then_none_is_lost()
    {
        await using var client = await ConnectAsync();
        var database = client.GetDatabase();
        var entries = Enumerable.Range(0, 20_000).Select(i => new HashEntry($"f{i}", i)).ToArray();
        await database.HashSetAsync("wide", entries);
        var read = await database.HashGetAllAsync("wide");
        Assert.Equal(entries.Length, read.Length);
        Assert.All(read, entry => Assert.Equal($"f{entry.Value}", (string?)entry.Name));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(65_536)]
    [InlineData(5_000_000)]
    public async Task Given_a_value_of_many_segments_When_written_and_read_Then_it_is_the_same(int length)
    {
        await using var client = await ConnectAsync();
        var value = new byte[length];
        new Random(length).NextBytes(value);
        var database = client.GetDatabase();
        var others = Enumerable.Range(0, 100).Select(i => database.StringSetAsync($"beside:{length}:{i}", i));
        await database.StringSetAsync($"big:{length}", value);
        await Task.WhenAll(others);
        Assert.Equal(value, (byte[]?)await database.StringGetAsync($"big:{length}"));
    }

    [Fact]
    public async Task Given_subscribers_When_messages_are_published_Then_each_gets_all_in_order()
    {
        await using var client = await ConnectAsync();
        var channel = RedisChannel.Literal("feed:news");
        var queues = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => client.GetSubscriber().SubscribeAsync(channel)));
        for (var i = 0; i < 500; i++)
        {
            await client.GetSubscriber().PublishAsync(channel, i, CommandFlags.FireAndForget);
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        foreach (var queue in queues)
        {
            for (var i = 0; i < 500; i++)
            {
                Assert.Equal(i, (int)(await queue.ReadAsync(limit.Token)).Message);
            }
        }
    }

    [Fact]
    public async Task Given_a_transaction_and_a_batch_When_executed_Then_their_parts_are_answered()
    {
        await using var client = await ConnectAsync();
        var transaction = client.GetDatabase().CreateTransaction();
        transaction.AddCondition(Condition.KeyNotExists("tx"));
        var first = transaction.StringSetAsync("tx", 1);
        var second = transaction.StringIncrementAsync("tx", 41);
        Assert.True(await transaction.ExecuteAsync());
        Assert.True(await first);
        Assert.Equal(42, await second);
    }

    [Fact]
    public async Task Given_callbacks_that_block_the_thread_pool_When_commands_are_sent_Then_they_are_still_answered()
    {
        await using var client = await ConnectAsync();
        var database = client.GetDatabase();
        using var gate = new ManualResetEventSlim();
        var blocked = Enumerable.Range(0, Environment.ProcessorCount * 2).Select(_ => Task.Run(() => gate.Wait(TimeSpan.FromSeconds(20)))).ToArray();
        for (var i = 0; i < 20; i++)
        {
            // Synchronous on purpose: this is the path that a starved pool would hang.
            Assert.True(database.StringSet("starved", i));
        }

        gate.Set();
        Assert.All(await Task.WhenAll(blocked), Assert.True);
    }

    private async Task<ConnectionMultiplexer> ConnectAsync()
    {
        var options = ConfigurationOptions.Parse(redis.Configuration);
        options.SyncTimeout = options.AsyncTimeout = 20_000;
        return await ConnectionMultiplexer.ConnectAsync(options);
    }
}
