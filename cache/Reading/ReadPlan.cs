using System.Collections.Immutable;
using StackExchange.Redis;
using Streams.Cache.Layout;
using Streams.Core.Fencing;

namespace Streams.Cache.Reading;

/// <summary>Where everything lies that a read of one key touches.</summary>
internal sealed class ReadPlan
{
    private readonly CacheSlot _slot;
    private readonly CacheSlot[] _tagSlots;

    private ReadPlan(string key, IReadOnlyList<string> tags, int laneCount)
    {
        (Key, Tags, LaneCount) = (key, tags, laneCount);
        _slot = CacheSlot.Of(key);
        _tagSlots = [.. tags.Select(CacheSlot.Of)];
        KeyLane = _slot.Lane(laneCount);
        TagLanes = [.. _tagSlots.Select(slot => slot.Lane(laneCount))];
        Lanes = [.. TagLanes.Prepend(KeyLane).Distinct()];
    }

    public string Key { get; }

    public IReadOnlyList<string> Tags { get; }

    /// <summary>Lane count that the plan is made for.</summary>
    public int LaneCount { get; }

    public int KeyLane { get; }

    /// <summary>Lane of each tag.</summary>
    public ImmutableArray<int> TagLanes { get; }

    /// <summary>Lanes that the value may depend on, the key's first, each once [M19 M20].</summary>
    public ImmutableArray<int> Lanes { get; }

    public static ReadPlan For(string key, IReadOnlyList<string> tags, int laneCount) => new(key, tags, laneCount);

    public RedisKey[] ReadKeys() =>
    [
        Key, CacheKeys.Fence(_slot.Number),
        .. _tagSlots.Select(slot => (RedisKey)CacheKeys.Fence(slot.Number)),
        .. Lanes.Select(lane => (RedisKey)CacheKeys.Frontier(lane)),
    ];

    public RedisValue[] ReadArguments() => [Tags.Count, _slot.Cell, .. _tagSlots.Select(slot => (RedisValue)slot.Cell)];

    public RedisKey[] FillKeys()
    {
        var keys = new RedisKey[2 + (2 * Tags.Count)];
        (keys[0], keys[1]) = (Key, CacheKeys.Fence(_slot.Number));
        for (var i = 0; i < Tags.Count; i++)
        {
            (keys[2 + (2 * i)], keys[3 + (2 * i)]) = (CacheKeys.Fence(_tagSlots[i].Number), CacheKeys.Members(Tags[i]));
        }

        return keys;
    }

    public RedisValue[] FillArguments(long epoch, IReadOnlyList<Stamp> stamps, byte[] value, TimeSpan timeToLive)
    {
        var arguments = new RedisValue[6 + (2 * Tags.Count)];
        (arguments[0], arguments[1], arguments[2], arguments[3]) = (epoch, KeyLane, StampOf(KeyLane), _slot.Cell);
        (arguments[4], arguments[5]) = (value, Math.Max(1, (long)timeToLive.TotalMilliseconds));
        for (var i = 0; i < Tags.Count; i++)
        {
            (arguments[6 + (2 * i)], arguments[7 + (2 * i)]) = (_tagSlots[i].Cell, StampOf(TagLanes[i]));
        }

        return arguments;

        long StampOf(int lane) => stamps.First(stamp => stamp.Lane == lane).Offset;
    }
}
