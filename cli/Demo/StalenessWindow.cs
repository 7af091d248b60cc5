using System.Globalization;

namespace Streams.Cli.Demo;

/// <summary>The latest measured times from commit to key gone.</summary>
internal sealed class StalenessWindow
{
    private const int Size = 400;
    private readonly Lock _gate = new();
    private readonly Queue<TimeSpan> _times = new(Size);
    private long _count;
    private long _missed;

    public void Add(TimeSpan time)
    {
        lock (_gate)
        {
            if (_times.Count == Size)
            {
                _times.Dequeue();
            }

            _times.Enqueue(time);
            _count++;
        }
    }

    public void Missed() => Interlocked.Increment(ref _missed);

    /// <summary>One line for the terminal.</summary>
    public override string ToString()
    {
        lock (_gate)
        {
            if (_times.Count == 0)
            {
                return "commit → key gone: nothing measured yet";
            }

            var sorted = _times.Order().ToArray();
            var missed = Volatile.Read(ref _missed);
            return string.Create(
                CultureInfo.InvariantCulture,
                $"commit → key gone: p50 {Ms(sorted, 0.5)} ms, p99 {Ms(sorted, 0.99)} ms, max {Ms(sorted, 1)} ms ({_count} writes{(missed > 0 ? $", {missed} not measured" : "")})");
        }
    }

    private static string Ms(TimeSpan[] sorted, double quantile) =>
        sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * quantile))].TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture);
}
