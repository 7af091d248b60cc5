using System.Globalization;

namespace Streams.FenceChecker.Tests.Engine;

/// <summary>One step of a run as a reader of a counterexample sees it.</summary>
/// <param name="Name">What happens.</param>
/// <param name="Who">Transaction, reader, sink or lane that it happens to; negative = nobody in particular.</param>
/// <param name="Value">Offset, epoch or set of transactions; negative = none.</param>
/// <param name="IsProgress">False for what nobody may count on (new commits, faults, evictions, duplicates): liveness does without.</param>
public readonly record struct Step(string Name, int Who, int Value, bool IsProgress)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        var who = Who < 0 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $" {Who}");
        return Value < 0 ? Name + who : string.Create(CultureInfo.InvariantCulture, $"{Name}{who} ({Value})");
    }
}
