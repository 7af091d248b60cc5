using System.Collections.Immutable;

namespace Streams.InvalidationSink.Measuring;

/// <summary>Staleness of one rule over the last minute.</summary>
/// <param name="Count">Samples.</param>
/// <param name="P50">Median, seconds.</param>
/// <param name="P99">99th percentile, seconds.</param>
/// <param name="Max">Highest, seconds.</param>
public readonly record struct StalenessSummary(int Count, double P50, double P99, double Max);

/// <summary>
/// The newest samples of the last minute, at most <see cref="Capacity"/> of them; for people and the demo. The histogram in the metrics counts all.
/// Safe for use by several threads.
/// </summary>
/// <param name="time">Clock.</param>
public sealed class StalenessWindow(TimeProvider time)
{
    /// <summary>Most samples kept.</summary>
    public const int Capacity = 4096;

    private static readonly TimeSpan Span = TimeSpan.FromMinutes(1);

    private readonly (long Ticks, double Seconds)[] _samples = new (long, double)[Capacity];
    private readonly Lock _gate = new();
    private long _count;

    /// <summary>Adds a sample.</summary>
    public void Add(double seconds)
    {
        lock (_gate)
        {
            _samples[_count++ % Capacity] = (time.GetTimestamp(), seconds);
        }
    }

    /// <summary>Summary of the last minute; zeros if there was nothing.</summary>
    public StalenessSummary Summary()
    {
        var samples = Recent();
        if (samples.Length == 0)
        {
            return default;
        }

        samples = samples.Sort();
        return new StalenessSummary(samples.Length, At(samples, 0.5), At(samples, 0.99), samples[^1]);
    }

    private ImmutableArray<double> Recent()
    {
        lock (_gate)
        {
            return [.. _samples.Take((int)Math.Min(_count, Capacity)).Where(sample => time.GetElapsedTime(sample.Ticks) <= Span).Select(sample => sample.Seconds)];
        }
    }

    private static double At(ImmutableArray<double> sorted, double quantile) => sorted[(int)Math.Ceiling(quantile * sorted.Length) - 1];
}
