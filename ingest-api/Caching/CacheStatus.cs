using System.Globalization;
using System.Text;
using Streams.Cache.Reading;

namespace Streams.IngestApi.Caching;

/// <summary>The <c>Cache-Status</c> header (RFC 9211) of an answer.</summary>
internal static class CacheStatus
{
    public const string Header = "Cache-Status";

    /// <summary>Text of the header.</summary>
    public static string Of(CachedRead read)
    {
        var text = new StringBuilder("streams");
        text.Append(read.Outcome switch
        {
            CacheOutcome.Hit => "; hit",
            CacheOutcome.Miss => "; fwd=miss",
            _ => "; fwd=bypass",
        });
        if (read.Stored)
        {
            text.Append("; stored");
        }

        if (read.TimeToLive is { } left)
        {
            text.Append(CultureInfo.InvariantCulture, $"; ttl={Seconds(left)}");
        }

        if (read.Detail.Length > 0)
        {
            text.Append("; detail=\"").Append(read.Detail.Replace("\"", "'", StringComparison.Ordinal)).Append('"');
        }

        return text.ToString();
    }

    /// <summary>Whole seconds, as Age and ttl count them.</summary>
    public static long Seconds(TimeSpan time) => (long)Math.Max(0, Math.Floor(time.TotalSeconds));
}
