namespace Streams.Processors.Tests.Aggregates.Mutants;

/// <summary>The product with one of its rules removed, and the runs of the simulation that find it out.</summary>
/// <param name="Name">Short name; its letter is of the list.</param>
/// <param name="Rule">The rule, in a sentence.</param>
/// <param name="File">Where it is written, below stream-processors/Aggregates.</param>
/// <param name="Text">How it is written: there once, to the letter.</param>
/// <param name="Replacement">What is there without it.</param>
/// <param name="Plan">Aggregate whose run finds it soonest.</param>
internal sealed record Mutant(string Name, string Rule, string File, string Text, string Replacement, string Plan)
{
    /// <value>Whether it is found in an epoch that a snapshot fills.</value>
    public bool IsFilled { get; init; }

    /// <value>Seeds that it may take.</value>
    public int Seeds { get; init; } = 60;

    /// <summary>The runs that find it, in words.</summary>
    public string Runs => IsFilled ? $"{Plan}, filled" : Plan;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
