using System.Collections.Immutable;
using StackExchange.Redis;
using Streams.Cache.Layout;
using Streams.Cache.Protocol;
using Streams.Cache.Store;

namespace Streams.Cache.Reading;

/// <summary>One atomic reply of READ.</summary>
/// <param name="Value">Header and payload, or null.</param>
/// <param name="Remaining">Time to live of the value.</param>
/// <param name="Fence">Fence of the key.</param>
/// <param name="TagFences">Fence of each tag.</param>
/// <param name="Frontiers">Frontier of each lane of the plan.</param>
internal sealed record ReadReply(
    byte[]? Value, TimeSpan? Remaining, FenceCell? Fence, ImmutableArray<FenceCell?> TagFences, ImmutableArray<Frontier?> Frontiers);

/// <summary>The reader's side of the fence in Redis: READ and FILL, one script each.</summary>
/// <param name="redis">Connection.</param>
internal sealed class FencedValues(IConnectionMultiplexer redis)
{
    public async Task<ReadReply> ReadAsync(ReadPlan plan)
    {
        var reply = Reply.Items(await RedisScript.Read.RunAsync(redis.GetDatabase(), plan.ReadKeys(), plan.ReadArguments()));
        var remaining = Reply.Number(reply[1]) is { } ms and > 0 ? TimeSpan.FromMilliseconds(ms) : (TimeSpan?)null;
        var tags = Enumerable.Range(0, plan.Tags.Count).Select(i => Reply.Fence(reply[4 + (2 * i)], reply[5 + (2 * i)]));
        var frontiersAt = 4 + (2 * plan.Tags.Count);
        var frontiers = Enumerable.Range(0, plan.Lanes.Length).Select(i => Reply.Frontier(reply[frontiersAt + (2 * i)], reply[frontiersAt + (2 * i) + 1]));
        return new ReadReply((byte[]?)reply[0], remaining, Reply.Fence(reply[2], reply[3]), [.. tags], [.. frontiers]);
    }

    public async Task<FillOutcome> FillAsync(ReadPlan plan, long epoch, IReadOnlyList<Stamp> stamps, byte[] value, TimeSpan timeToLive) =>
        (FillOutcome)(int)await RedisScript.Fill.RunAsync(redis.GetDatabase(), plan.FillKeys(), plan.FillArguments(epoch, stamps, value, timeToLive));
}
