namespace Streams.FenceChecker.Tests.Engine;

/// <summary>The steps that lead out of one state; reused from state to state.</summary>
public sealed class Steps<TState>
    where TState : unmanaged
{
    private readonly List<(Step Step, TState State)> _steps = [];

    /// <summary>Number of steps.</summary>
    public int Count => _steps.Count;

    /// <summary>The step at <paramref name="index"/> and the state that it leads to.</summary>
    public (Step Step, TState State) this[int index] => _steps[index];

    /// <summary>Forgets all.</summary>
    public void Clear() => _steps.Clear();

    /// <summary>A step of the protocol or of the environment that will be taken sooner or later.</summary>
    public void Progress(string name, in TState next, int who = -1, int value = -1) => _steps.Add((new Step(name, who, value, true), next));

    /// <summary>A step that may or may not come: a new commit, a fault, an eviction, a duplicate.</summary>
    public void Chance(string name, in TState next, int who = -1, int value = -1) => _steps.Add((new Step(name, who, value, false), next));
}
