using Streams.Fixtures;

namespace Streams.Cache.Tests.Fixtures;

/// <summary>Waits for conditions, never for times.</summary>
public static class Wait
{
    public static Task UntilAsync(Func<Task<bool>> condition, string what) => Eventually.Async(condition, TimeSpan.FromSeconds(30), what);
}
