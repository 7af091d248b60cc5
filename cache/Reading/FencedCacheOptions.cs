using System.ComponentModel.DataAnnotations;

namespace Streams.Cache.Reading;

/// <summary>Settings of the fenced reader. Environment: <c>STREAMS__CACHE__…</c>.</summary>
public sealed class FencedCacheOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Streams:Cache";

    /// <value>Longest wait for one answer of Redis; after it the database answers. Default 250 ms, 1 ms … 10 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:10")]
    public TimeSpan RedisTimeout { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <value>Failures in a row after which Redis is not asked for a while. Default 3, 1 … 1000.</value>
    [Range(1, 1000)]
    public int CircuitFailures { get; set; } = 3;

    /// <value>How long it is not asked then. Default 1 s, 1 ms … 1 min.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan CircuitPause { get; set; } = TimeSpan.FromSeconds(1);

    /// <value>Longest time to live of "does not exist". Default 30 s, 1 s … 1 day.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan AbsenceTimeToLive { get; set; } = TimeSpan.FromSeconds(30);

    /// <value>Largest payload that is stored. Default 1 MiB, 1 … 64 MiB.</value>
    [Range(1, 64 * 1024 * 1024)]
    public int MaxPayloadBytes { get; set; } = 1024 * 1024;
}
