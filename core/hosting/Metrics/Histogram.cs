using System.Globalization;

namespace Streams.Hosting.Metrics;

/// <summary>A cumulative histogram as Prometheus counts it.</summary>
internal sealed class Histogram
{
    /// <summary>Seconds, 1 ms … 60 s: wide enough for request latency and for staleness.</summary>
    public static readonly double[] DefaultBounds =
        [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    private readonly long[] _counts = new long[DefaultBounds.Length + 1];
    private long _count;
    private double _sum;
    private readonly Lock _gate = new();

    public void Record(double value)
    {
        var bucket = Array.FindIndex(DefaultBounds, bound => value <= bound);
        lock (_gate)
        {
            _counts[bucket < 0 ? DefaultBounds.Length : bucket]++;
            _count++;
            _sum += value;
        }
    }

    public void Write(TextWriter output, string name, string labels)
    {
        lock (_gate)
        {
            var below = 0L;
            for (var i = 0; i <= DefaultBounds.Length; i++)
            {
                below += _counts[i];
                var le = i < DefaultBounds.Length ? DefaultBounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
                var separator = labels.Length > 0 ? "," : "";
                output.Write($"{name}_bucket{{{labels}{separator}le=\"{le}\"}} {below}\n");
            }

            var braces = labels.Length > 0 ? $"{{{labels}}}" : "";
            output.Write(string.Create(CultureInfo.InvariantCulture, $"{name}_sum{braces} {_sum}\n"));
            output.Write($"{name}_count{braces} {_count}\n");
        }
    }
}
