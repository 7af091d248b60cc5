using Streams.Core.Aggregates;
using Streams.Core.Values;

namespace Streams.Processors.Aggregates;

/// <summary>Windows as microseconds since 1970.</summary>
public static class WindowMath
{
    /// <summary>Starts of the windows that an instant is in; one null without windows.</summary>
    public static IEnumerable<long?> StartsOf(WindowDefinition? window, SqlValue instant)
    {
        if (window is null)
        {
            yield return null;
            yield break;
        }

        if (instant.IsNull)
        {
            yield break;
        }

        var (size, advance, micros) = (Micros(window.Size), Micros(window.Advance), instant.Micros);
        for (var start = SlotOf(micros, advance); start > micros - size; start -= advance)
        {
            yield return start;
        }
    }

    /// <summary>End of the window that begins there, exclusive.</summary>
    public static long EndOf(WindowDefinition window, long start) => start + Micros(window.Size);

    /// <summary>Start of the aligned window of that length that an instant is in.</summary>
    public static long SlotOf(long micros, long size) => micros - Modulo(micros, size);

    /// <summary>Microseconds.</summary>
    public static long Micros(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;

    private static long Modulo(long value, long by) => ((value % by) + by) % by;
}
