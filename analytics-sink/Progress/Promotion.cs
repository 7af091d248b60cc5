namespace Streams.AnalyticsSink.Progress;

/// <summary>An epoch of a table of which every partition has spoken.</summary>
/// <param name="Epoch">Number.</param>
/// <param name="AsOf">Commit clock that is contained; null: unknown.</param>
public sealed record WholeEpoch(long Epoch, DateTime? AsOf);

/// <summary>When readers are given a new epoch.</summary>
public static class Promotion
{
    /// <summary>
    /// The epoch to serve instead of the one that is served: a later one that is whole and as new, so that what readers see never goes back.
    /// Null: stay.
    /// </summary>
    /// <param name="served">What is served; null: nothing that is whole.</param>
    /// <param name="candidates">Whole epochs.</param>
    public static WholeEpoch? Decide(WholeEpoch? served, IEnumerable<WholeEpoch> candidates) => candidates
        .Where(candidate => served is null || (candidate.Epoch > served.Epoch && IsAsNew(candidate, served)))
        .MaxBy(candidate => candidate.Epoch);

    private static bool IsAsNew(WholeEpoch candidate, WholeEpoch served) => served.AsOf is not { } held || candidate.AsOf >= held;
}
