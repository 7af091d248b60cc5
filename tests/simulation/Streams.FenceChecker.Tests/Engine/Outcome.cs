using System.Globalization;
using System.Text;

namespace Streams.FenceChecker.Tests.Engine;

/// <summary>How a run of the checker ended.</summary>
public enum Verdict
{
    /// <summary>Every reachable state keeps the invariants; liveness was not asked for.</summary>
    Safe,

    /// <summary>Safe, and from every reachable state a good one is reachable by progress steps alone.</summary>
    SafeAndLive,

    /// <summary>A reachable state breaks an invariant.</summary>
    Unsafe,

    /// <summary>From some reachable state no good state can be reached without new commits or faults.</summary>
    Dead,

    /// <summary>More states than allowed; nothing was found so far.</summary>
    Unfinished,
}

/// <summary>Result of exploring one configuration.</summary>
/// <param name="Verdict">How it ended.</param>
/// <param name="States">Distinct states visited.</param>
/// <param name="Elapsed">Wall time.</param>
/// <param name="Reason">Invariant broken, or null.</param>
/// <param name="Trace">A shortest run to the offending state; empty if none offends.</param>
public sealed record Outcome(Verdict Verdict, int States, TimeSpan Elapsed, string? Reason, IReadOnlyList<Step> Trace)
{
    /// <summary>The counterexample in one line.</summary>
    public string OneLine => string.Join("; ", Trace);

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Verdict}, {States} states, {Elapsed.TotalSeconds:F1} s");
        if (Reason is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $": {Reason}");
        }

        for (var i = 0; i < Trace.Count; i++)
        {
            text.AppendLine().Append(CultureInfo.InvariantCulture, $"  {i + 1,2}. {Trace[i]}");
        }

        return text.ToString();
    }
}
