using Streams.FenceChecker.Tests.Engine;

namespace Streams.FenceChecker.Tests;

/// <summary>A model with bounds and rules, ready to be explored.</summary>
/// <param name="Name">Short name, as in the tables of docs/design/0002-fence.md.</param>
/// <param name="What">Bounds and environment in words.</param>
/// <param name="IsLarge">Explored only when STREAMS_CHECKER=full.</param>
/// <param name="IsLive">Whether liveness is asked for too.</param>
/// <param name="Run">Explores it.</param>
public sealed record Scenario(string Name, string What, bool IsLarge, bool IsLive, Func<Outcome> Run)
{
    /// <summary>States that are kept at most: under 3 GB with what liveness needs.</summary>
    public const int Limit = 24_000_000;

    /// <summary>A scenario over <paramref name="model"/>.</summary>
    public static Scenario Of<TState>(string name, string what, IModel<TState> model, bool isLarge = false, bool isLive = true)
        where TState : unmanaged =>
        new(name, what, isLarge, isLive, () => Explorer<TState>.Explore(model, isLive, Limit));

    /// <inheritdoc/>
    public override string ToString() => Name;
}
