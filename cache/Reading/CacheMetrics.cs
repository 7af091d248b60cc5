using System.Diagnostics.Metrics;
using Streams.Cache.Protocol;

namespace Streams.Cache.Reading;

/// <summary>Counters of the fenced reader, meter <c>Streams.Cache</c>.</summary>
internal static class CacheMetrics
{
    private static readonly Meter Meter = new("Streams.Cache");

    private static readonly Counter<long> Reads = Meter.CreateCounter<long>(
        "streams_cache_reads_total", description: "Reads by outcome (hit, miss, bypass) and why they were no hit");

    private static readonly Counter<long> Fills = Meter.CreateCounter<long>(
        "streams_cache_fills_total", description: "Fills by outcome: accepted, or why the fence or a fault refused them");

    private static readonly Counter<long> Faults = Meter.CreateCounter<long>(
        "streams_cache_faults_total", description: "Calls of the reader to Redis that failed, by error code; the database answered instead");

    public static void Fault(string code) => Faults.Add(1, new KeyValuePair<string, object?>("code", code));

    public static void Read(CacheOutcome outcome, string reason) => Reads.Add(
        1, new KeyValuePair<string, object?>("outcome", Names.Of(outcome)), new KeyValuePair<string, object?>("reason", reason));

    public static void Fill(string outcome) => Fills.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
}

/// <summary>Enum members as they stand in metrics and headers: <c>BehindFence</c> → <c>behind-fence</c>.</summary>
internal static class Names
{
    public static string Of(CacheOutcome value) => Of(value.ToString());

    public static string Of(HitOutcome value) => Of(value.ToString());

    public static string Of(ReadStart value) => Of(value.ToString());

    public static string Of(FillOutcome value) => Of(value.ToString());

    private static string Of(string name) => string.Concat(name.Select((c, i) =>
        char.IsUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c) : c.ToString()));
}
