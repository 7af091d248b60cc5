using Streams.FenceChecker.Tests.Engine;

namespace Streams.FenceChecker.Tests.Mutants;

/// <summary>The protocol with one rule removed, in the smallest world that shows why the rule is there.</summary>
/// <param name="Rule">Number of the rule; a letter at the end tells variants apart.</param>
/// <param name="What">The rule that is removed, and how.</param>
/// <param name="Expected">What its removal must lead to.</param>
/// <param name="Run">Explores it.</param>
public sealed record Mutant(string Rule, string What, Verdict Expected, Func<Outcome> Run)
{
    /// <summary>A mutant over <paramref name="model"/>.</summary>
    public static Mutant Of<TState>(string rule, string what, IModel<TState> model, Verdict expected = Verdict.Unsafe)
        where TState : unmanaged =>
        new(rule, what, expected, () => Explorer<TState>.Explore(model, expected == Verdict.Dead, Scenario.Limit));

    /// <inheritdoc/>
    public override string ToString() => Rule;
}
