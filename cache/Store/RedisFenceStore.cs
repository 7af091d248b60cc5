using System.Collections.Immutable;
using StackExchange.Redis;
using Streams.Cache.Layout;
using Streams.Cache.Protocol;
using Streams.Core.Errors;
using Streams.Core.Fencing;

namespace Streams.Cache.Store;

/// <summary>
/// The fence in one Redis primary. Stateless; safe for use by many threads. Every fault of Redis comes out as a <see cref="StreamsException"/>
/// of the catalogue; a call whose answer was lost may have been done, and may be done again.
/// </summary>
/// <param name="redis">Connection.</param>
/// <param name="lanes">Partitions of the invalidation topic.</param>
public sealed partial class RedisFenceStore(IConnectionMultiplexer redis, int lanes) : IFenceStore
{
    // Long enough to be few round trips, short enough that no script holds Redis for more than some milliseconds.
    private const int SlotsPerScript = 1024;

    // Numbers in Lua are doubles.
    private const ulong Exact = 1UL << 53;

    /// <inheritdoc/>
    public async Task<ApplyResult> ApplyAsync(ApplyBatch batch, CancellationToken cancellationToken)
    {
        Invariant.Require(batch.Next < (long)Exact && batch.Epoch < (long)Exact, "offsets and epochs are exact in Lua");
        var keys = new RedisKey[1 + (2 * batch.Records.Length)];
        var arguments = new RedisValue[5 + (4 * batch.Records.Length)];
        keys[0] = CacheKeys.Applied(batch.Lane);
        (arguments[0], arguments[1], arguments[2]) = (batch.Epoch, batch.First, batch.Next);
        (arguments[3], arguments[4]) = (batch.LeaderEpoch is { } leader ? leader : RedisValue.EmptyString, batch.Lane);
        for (var i = 0; i < batch.Records.Length; i++)
        {
            Put(batch.Records[i], batch.Lane, keys.AsSpan(1 + (2 * i), 2), arguments.AsSpan(5 + (4 * i), 4));
        }

        var reply = Reply.Items(await RunAsync(RedisScript.Apply, keys, arguments, cancellationToken));
        return (string)reply[0]! switch
        {
            "APPLIED" => new ApplyResult.Applied([.. reply.Skip(1).Select(index => batch.Records[(int)index].Target).Distinct()]),
            "FOREIGN" => new ApplyResult.Foreign(Reply.Number(reply[1])!.Value),
            "REWIND" => new ApplyResult.Rewind(Reply.Number(reply[1])!.Value),
            _ => new ApplyResult.Lost(),
        };
    }

    /// <inheritdoc/>
    public async Task<bool> PublishFrontierAsync(int lane, Frontier frontier, CancellationToken cancellationToken) => (int)await RunAsync(
        RedisScript.Publish,
        [CacheKeys.Frontier(lane)],
        [frontier.Epoch, frontier.Offset, frontier.IsProven ? 1 : 0],
        cancellationToken) == 1;

    /// <inheritdoc/>
    public async Task<ReapResult> ReapAsync(string tag, int max, CancellationToken cancellationToken)
    {
        var slot = CacheSlot.Of(tag);
        var reply = Reply.Items(await RunAsync(
            RedisScript.Reap,
            [CacheKeys.Members(tag), CacheKeys.Reaping(tag), CacheKeys.Reaped(tag), CacheKeys.Fence(slot.Number)],
            [slot.Cell, slot.Lane(lanes), max],
            cancellationToken));
        return new ReapResult((int)reply[0], (int)reply[1] == 1);
    }

    private void Put(Invalidation record, int lane, Span<RedisKey> keys, Span<RedisValue> arguments)
    {
        var slot = CacheSlot.Of(record.Target);
        // A fence cell belongs to one lane only [M17].
        Invariant.Require(slot.Lane(lanes) == lane, $"'{record.Target}' belongs to lane {slot.Lane(lanes)}, not {lane}");
        (keys[0], keys[1]) = (CacheKeys.Fence(slot.Number), record.Target);
        (arguments[0], arguments[1]) = (record.Offset, slot.Cell);
        (arguments[2], arguments[3]) = (record.IsTag ? 1 : 0, record.Xid is { } xid && xid < Exact ? (long)xid : RedisValue.EmptyString);
    }

    private async Task<RedisResult> RunAsync(RedisScript script, RedisKey[] keys, RedisValue[] arguments, CancellationToken cancellationToken)
    {
        try
        {
            return await script.RunAsync(redis.GetDatabase(), keys, arguments).WaitAsync(cancellationToken);
        }
        catch (Exception exception) when (RedisFaults.IsFault(exception))
        {
            throw RedisFaults.Classify(exception);
        }
    }
}
