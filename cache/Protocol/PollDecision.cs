namespace Streams.Cache.Protocol;

/// <summary>What a sink does about a lane after looking at what Redis holds.</summary>
public enum PollAction
{
    /// <summary>All is as it should be.</summary>
    Continue,

    /// <summary>Redis went back in time: read the lane again from <see cref="PollStep.Next"/>, applying, so that the deletes it forgot are done again (R13).</summary>
    Rewind,

    /// <summary>Redis lost its position, or is of an older epoch than the durable one, or of one that the durable record lost: a new epoch.</summary>
    ReFloor,

    /// <summary>Somebody else has moved to a newer epoch: stop, read the durable record, start again. I am the zombie.</summary>
    Reload,

    /// <summary>Fence tables were lost alone: floor them at A − 1, same epoch.</summary>
    RestoreFence,

    /// <summary>The frontier is absent, of an older epoch, or below what is proven: publish it again.</summary>
    Republish,
}

/// <summary>What to do; the most urgent thing only, the next poll finds the rest.</summary>
/// <param name="Action">What.</param>
/// <param name="Next">For <see cref="PollAction.Rewind"/>: where to read from.</param>
public readonly record struct PollStep(PollAction Action, long Next = 0);

/// <summary>POLL: at least every second, also when the lane is idle [M10].</summary>
public static class PollDecision
{
    /// <summary>Judges one lane.</summary>
    /// <param name="stored">What Redis holds.</param>
    /// <param name="epoch">Epoch that the sink works under.</param>
    /// <param name="position">Next offset that the sink would apply.</param>
    /// <param name="proven">Frontier that the sink has proven, <see cref="Frontier.None"/> if nothing yet.</param>
    /// <param name="durable">Number of the durable epoch record, read for this poll.</param>
    /// <param name="fenceLost">Whether an audit found fence tables of the lane absent.</param>
    public static PollStep Decide(LaneState stored, long epoch, long position, long proven, long durable, bool fenceLost)
    {
        if (durable != epoch)
        {
            return new PollStep(PollAction.Reload);
        }

        // Older than durable: never adopted, its frontier lies about the new numbers [M13]. Newer than durable: the durable counter went back
        // (or moved since it was read; the compare-and-increment of RE-FLOOR's step 1 then fails, and the sink reloads).
        if (stored.Applied is not { } applied || applied.Epoch != durable || stored.Frontier?.Epoch > durable)
        {
            return new PollStep(PollAction.ReFloor);
        }

        if (applied.Next < position)
        {
            return new PollStep(PollAction.Rewind, applied.Next);
        }

        if (fenceLost)
        {
            return new PollStep(PollAction.RestoreFence);
        }

        // A stored frontier below the proven one went back with Redis while the position did not: with an idle lane nothing else would raise it again.
        return new PollStep(stored.Frontier is not { } frontier || frontier.Epoch < epoch || frontier.Offset < proven ? PollAction.Republish : PollAction.Continue);
    }
}
