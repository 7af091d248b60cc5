namespace Streams.FenceChecker.Tests.Engine;

/// <summary>
/// A protocol and its environment as a finite transition system. States are plain structs of bytes: equal bytes, equal state,
/// so a model must leave no field behind that no longer matters.
/// </summary>
/// <typeparam name="TState">Struct without references and without padding.</typeparam>
public interface IModel<TState>
    where TState : unmanaged
{
    /// <summary>Where every run starts.</summary>
    TState Initial { get; }

    /// <summary>Adds every step that is possible in <paramref name="state"/>.</summary>
    void Expand(in TState state, Steps<TState> steps);

    /// <summary>Chooses one of several states that differ only in names (two readers, two sinks exchanged): fewer states, same answers.</summary>
    void Canonicalize(ref TState state)
    {
    }

    /// <summary>The invariant that the state breaks, or null.</summary>
    string? Violation(in TState state);

    /// <summary>Whether the state is one that must stay reachable by progress steps alone: the cache serves the newest value.</summary>
    bool IsGood(in TState state);
}
