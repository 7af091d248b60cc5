using System.Text;

namespace Streams.Cache.Reading;

/// <summary>Spreads times to live by ±10 %, so that values filled together do not end together. Taken from key and time: nothing random is needed.</summary>
internal static class Jitter
{
    public static TimeSpan Of(TimeSpan timeToLive, string key, long nowMs)
    {
        var hash = 14695981039346656037UL ^ (ulong)nowMs;
        foreach (var b in Encoding.UTF8.GetBytes(key))
        {
            hash = (hash ^ b) * 1099511628211UL;
        }

        var spread = (hash >> 11) * (1.0 / (1UL << 53));
        return timeToLive * (0.9 + (0.2 * spread));
    }
}
