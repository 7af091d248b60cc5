namespace Streams.Local.Processes;

/// <summary>Waiting for a condition: asked at once, then every 50 ms.</summary>
public static class Poll
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>True as soon as <paramref name="condition"/> holds, false when it did not within <paramref name="limit"/>.</summary>
    public static Task<bool> UntilAsync(Func<bool> condition, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken) =>
        UntilAsync(_ => Task.FromResult(condition()), limit, time, cancellationToken);

    /// <inheritdoc cref="UntilAsync(Func{bool}, TimeSpan, TimeProvider, CancellationToken)"/>
    public static async Task<bool> UntilAsync(
        Func<CancellationToken, Task<bool>> condition, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (!await condition(cancellationToken))
        {
            if (time.GetElapsedTime(start) > limit)
            {
                return false;
            }

            await Task.Delay(Interval, time, cancellationToken);
        }

        return true;
    }
}
