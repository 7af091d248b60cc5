using System.Globalization;
using Streams.Core.Fencing;

namespace Streams.Cache.Layout;

/// <summary>Names of the protocol's own keys in Redis; see docs/design/0001-spine.md.</summary>
public static class CacheKeys
{
    private static readonly string[] Fences = [.. Enumerable.Range(0, CacheSlot.Count).Select(slot => $"streams:f:{{{SlotTags.Of(slot)}}}")];

    /// <summary>Fence table of a slot: hash with <c>e</c> epoch, <c>l</c> floor, <c>0</c>…<c>3</c> cells.</summary>
    public static string Fence(int slot) => Fences[slot];

    /// <summary>Frontier of a lane: hash with <c>e</c>, <c>v</c>.</summary>
    public static string Frontier(int lane) => string.Create(CultureInfo.InvariantCulture, $"streams:v:{lane}");

    /// <summary>Position of a lane: hash with <c>e</c>, <c>a</c>, <c>le</c>.</summary>
    public static string Applied(int lane) => string.Create(CultureInfo.InvariantCulture, $"streams:a:{lane}");

    /// <summary>Members of a tag, in the tag's slot: sorted set of keys by expiry in milliseconds.</summary>
    public static string Members(string tag) => $"streams:m:{{{SlotTags.Of(CacheSlot.Of(tag).Number)}}}:{tag}";

    /// <summary>Members that a reap under way has still to look at.</summary>
    public static string Reaping(string tag) => $"streams:r:{{{SlotTags.Of(CacheSlot.Of(tag).Number)}}}:{tag}";

    /// <summary>Epoch and version of the fence that the last begun reap of a tag was for.</summary>
    public static string Reaped(string tag) => $"streams:g:{{{SlotTags.Of(CacheSlot.Of(tag).Number)}}}:{tag}";
}
