using System.Globalization;
using StackExchange.Redis;
using Streams.Cache.Protocol;

namespace Streams.Cache.Store;

/// <summary>Reads what the scripts answer.</summary>
internal static class Reply
{
    public static RedisResult[] Items(RedisResult reply) => (RedisResult[])reply!;

    public static long? Number(RedisResult item) =>
        item.IsNull ? null : long.Parse((string)item!, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    public static FenceCell? Fence(RedisResult epoch, RedisResult version) =>
        Number(epoch) is { } number ? new FenceCell(number, Number(version)) : null;

    public static Frontier? Frontier(RedisResult epoch, RedisResult offset) =>
        Number(epoch) is { } number ? new Frontier(number, Number(offset) ?? Protocol.Frontier.None) : null;

    public static AppliedPosition? Applied(RedisResult epoch, RedisResult next, RedisResult leaderEpoch) =>
        Number(epoch) is { } number && Number(next) is { } position ? new AppliedPosition(number, position, (int?)Number(leaderEpoch)) : null;
}
