using System.Collections.Immutable;
using StackExchange.Redis;
using Streams.Cache.Layout;
using Streams.Cache.Protocol;
using Streams.Core.Errors;
using Streams.Core.Fencing;

namespace Streams.Cache.Store;

/// <summary>Looking at the whole fence, and moving it to an epoch.</summary>
public sealed partial class RedisFenceStore
{
    /// <inheritdoc/>
    public async Task<ImmutableArray<LaneState>> PollAsync(IReadOnlyCollection<int> lanes, CancellationToken cancellationToken)
    {
        var keys = lanes.SelectMany(lane => new RedisKey[] { CacheKeys.Frontier(lane), CacheKeys.Applied(lane) }).ToArray();
        var reply = Reply.Items(await RunAsync(RedisScript.Poll, keys, [], cancellationToken));
        return [.. lanes.Select((lane, i) => new LaneState(
            lane,
            Reply.Frontier(reply[5 * i], reply[(5 * i) + 1]),
            Reply.Applied(reply[(5 * i) + 2], reply[(5 * i) + 3], reply[(5 * i) + 4])))];
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<int>> AuditFencesAsync(int firstSlot, int count, long epoch, CancellationToken cancellationToken)
    {
        var bad = ImmutableArray.CreateBuilder<int>();
        foreach (var slots in Enumerable.Range(firstSlot, count).Chunk(SlotsPerScript))
        {
            var reply = Reply.Items(await RunAsync(RedisScript.Audit, [.. slots.Select(slot => (RedisKey)CacheKeys.Fence(slot))], [epoch], cancellationToken));
            bad.AddRange(reply.Select(index => slots[(int)index]));
        }

        return bad.ToImmutable();
    }

    /// <inheritdoc/>
    /// <remarks>Slots first, positions last: a position of the new epoch means that every slot has it, so an interrupted re-floor is seen by POLL.</remarks>
    public async Task ReFloorAsync(long epoch, IReadOnlyList<long> nextOffsets, CancellationToken cancellationToken)
    {
        Invariant.Require(nextOffsets.Count == lanes, "there is a position for every lane");
        foreach (var slots in Enumerable.Range(0, CacheSlot.Count).Chunk(SlotsPerScript))
        {
            await RunAsync(
                RedisScript.ReFloor,
                [.. slots.Select(slot => (RedisKey)CacheKeys.Fence(slot))],
                [epoch, .. slots.Select(slot => (RedisValue)(nextOffsets[slot % lanes] - 1))],
                cancellationToken);
        }

        for (var lane = 0; lane < lanes; lane++)
        {
            await RunAsync(RedisScript.ReFloorLane, [CacheKeys.Frontier(lane), CacheKeys.Applied(lane)], [epoch, nextOffsets[lane]], cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task RestoreFencesAsync(IReadOnlyCollection<int> slots, long epoch, CancellationToken cancellationToken)
    {
        foreach (var some in slots.Chunk(SlotsPerScript))
        {
            var keys = some.SelectMany(slot => new RedisKey[] { CacheKeys.Fence(slot), CacheKeys.Applied(slot % lanes) }).ToArray();
            await RunAsync(RedisScript.Restore, keys, [epoch], cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task<long> HighestEpochAsync(CancellationToken cancellationToken)
    {
        var states = await PollAsync([.. Enumerable.Range(0, lanes)], cancellationToken);
        // A re-floor begins with slot 0: its table tells of one that was interrupted.
        var slot = await SlotEpochAsync(0, cancellationToken);
        return states.Select(state => Math.Max(state.Frontier?.Epoch ?? 0, state.Applied?.Epoch ?? 0)).Append(slot).Max();
    }

    private async Task<long> SlotEpochAsync(int slot, CancellationToken cancellationToken)
    {
        try
        {
            var value = await redis.GetDatabase().HashGetAsync(CacheKeys.Fence(slot), "e", CommandFlags.DemandMaster).WaitAsync(cancellationToken);
            return value.TryParse(out long epoch) ? epoch : 0;
        }
        catch (Exception exception) when (RedisFaults.IsFault(exception))
        {
            throw RedisFaults.Classify(exception);
        }
    }
}
