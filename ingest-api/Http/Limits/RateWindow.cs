namespace Streams.IngestApi.Http.Limits;

/// <summary>What is left to a client.</summary>
/// <param name="Allowed">Whether this request is within the limit.</param>
/// <param name="Remaining">Requests left in the window.</param>
/// <param name="ResetSeconds">Seconds until the window ends, at least 1.</param>
internal readonly record struct RateGrant(bool Allowed, int Remaining, int ResetSeconds);

/// <summary>
/// Counts requests per client in fixed windows that are the same for everybody, so that one dictionary a window is all there is to forget.
/// </summary>
/// <param name="limit">Requests per client and window.</param>
/// <param name="window">Length of a window.</param>
/// <param name="clock">Monotonic source of time.</param>
internal sealed class RateWindow(int limit, TimeSpan window, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _used = new(StringComparer.Ordinal);
    private long _started = clock.GetTimestamp();

    /// <summary>Counts one request.</summary>
    public RateGrant Take(string client)
    {
        lock (_gate)
        {
            var elapsed = clock.GetElapsedTime(_started);
            if (elapsed >= window)
            {
                _used.Clear();
                (_started, elapsed) = (clock.GetTimestamp(), TimeSpan.Zero);
            }

            var used = _used.GetValueOrDefault(client) + 1;
            _used[client] = Math.Min(used, limit + 1);
            var reset = (int)Math.Max(1, Math.Ceiling((window - elapsed).TotalSeconds));
            return new RateGrant(used <= limit, Math.Max(0, limit - used), reset);
        }
    }
}
