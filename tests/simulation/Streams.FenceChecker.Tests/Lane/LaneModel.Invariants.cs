namespace Streams.FenceChecker.Tests.Lane;

/// <summary>I1 to I3 and I7 of docs/design/0002-fence.md.</summary>
public sealed partial class LaneModel
{
    /// <inheritdoc/>
    public string? Violation(in LaneWorld state)
    {
        if (!Hit(state.Redis))
        {
            return null;
        }

        for (var t = 0; t < _c.Transactions; t++)
        {
            if (!Has((byte)(state.Redis.Holds | _c.OtherKey), t) && Missing(state, t) is { } reason)
            {
                return reason;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public bool IsGood(in LaneWorld state)
    {
        if (!Hit(state.Redis))
        {
            return false;
        }

        for (var t = 0; t < _c.Transactions; t++)
        {
            var held = state.Commit[t] == 2 && Has((byte)(state.Redis.Holds | _c.OtherKey), t);
            if (state.Commit[t] != 0 && !held)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Why a value without T must not be hit in this state, if so.</summary>
    private string? Missing(in LaneWorld state, int t)
    {
        if (Has(state.Redis.Promised, t))
        {
            return $"I1: T {t} is applied, and a value without it can be hit";
        }

        // Until a sink has learnt of a truncation, or of a Redis that is older than the durable epoch, only I1 holds; liveness shows that it heals.
        if (state.Cut != 0 || state.Redis.SlotEpoch != state.DurableEpoch)
        {
            return null;
        }

        var position = _rules.PositionIsBesideValues ? state.Redis.Applied : state.Group;
        for (var offset = 1; offset <= state.Length; offset++)
        {
            if (state.Log[offset - 1] == t && offset < position)
            {
                return $"I2: the position is beyond T {t}, and a value without it can be hit";
            }
        }

        return Has(state.Lost, t) && state.Commit[t] == 2
            ? $"I3: the record of T {t} is lost from the lane, and a value without it can be hit after the re-floor"
            : null;
    }
}
