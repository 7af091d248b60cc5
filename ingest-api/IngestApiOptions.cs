using System.ComponentModel.DataAnnotations;

namespace Streams.IngestApi;

/// <summary>Limits of the API. Environment: <c>STREAMS__INGESTAPI__…</c>.</summary>
public sealed class IngestApiOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Streams:IngestApi";

    /// <value>Largest request body in bytes. Default 1 MiB; 1 KiB … 64 MiB.</value>
    [Range(1024, 64 * 1024 * 1024)]
    public int MaxBodyBytes { get; set; } = 1024 * 1024;

    /// <value>Most rows of one batch. Default 1,000; 1 … 10,000.</value>
    [Range(1, 10_000)]
    public int MaxBatchRows { get; set; } = 1_000;

    /// <value>Time for one request, after which it is answered with 503. Default 10 s; 100 ms … 5 min.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(10);

    /// <value>Requests served at the same time; more are answered with 503. Default 512; 1 … 100,000.</value>
    [Range(1, 100_000)]
    public int MaxConcurrentRequests { get; set; } = 512;

    /// <value>Requests of one client address per <see cref="RateWindow"/>; 0 = no limit. Default 0.</value>
    [Range(0, int.MaxValue)]
    public int RateLimit { get; set; }

    /// <value>Window of <see cref="RateLimit"/>. Default 1 s; 1 s … 1 h.</value>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RateWindow { get; set; } = TimeSpan.FromSeconds(1);
}
