using Streams.FenceChecker.Tests.Engine;
using Streams.FenceChecker.Tests.Lane;
using Streams.FenceChecker.Tests.Rules;

namespace Streams.FenceChecker.Tests.History;

/// <summary>READ, snapshot on either primary, FILL; I1, I3, I4 and I7.</summary>
public sealed partial class HistoryModel
{
    /// <inheritdoc/>
    public string? Violation(in HistoryWorld state)
    {
        if (!Hit(state.Redis))
        {
            return null;
        }

        for (var t = 0; t < _c.Transactions; t++)
        {
            if (Broken(state, t) is { } reason)
            {
                return reason;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public bool IsGood(in HistoryWorld state)
    {
        if (!Hit(state.Redis) || (state.FailedOver == 1 && _rules.NewHistoryIsNewEpoch && state.Redis.SlotEpoch != 2))
        {
            return false;
        }

        ref readonly var commits = ref state.FailedOver == 1 ? ref state.New : ref state.Old;
        return InPhase(commits, 1) == 0 && InPhase(commits, 2) == state.Redis.Holds;
    }

    private string? Broken(in HistoryWorld state, int t)
    {
        var holds = Has(state.Redis.Holds, t);
        var promised = Has(state.Redis.Promised, t);
        if (state.FailedOver == 0)
        {
            return promised && !holds ? $"I1: T {t} is applied, and a value without it can be hit" : null;
        }

        var done = state.Step >= _c.Order.Length;
        if (state.Redis.SlotEpoch != 2 && !done)
        {
            return null;
        }

        if (holds && state.New[t] == 0)
        {
            return $"I4: the value holds T {t}, which the new primary has lost";
        }

        if (holds || state.New[t] != 2)
        {
            return null;
        }

        return promised ? $"I1: T {t} is applied, and a value without it can be hit"
            : done && Has(state.BeforeSlot, t) ? $"I3: T {t} committed before the slot and is never sent; a value without it can be hit"
            : null;
    }

    private bool Hit(in RedisState redis) => _rules.MayHit(SlotOf(redis), ValueOf(redis), []);

    private void Reader(in HistoryWorld state, int k, Steps<HistoryWorld> steps)
    {
        switch (state.Readers[k].Phase)
        {
            case 0:
                Look(state, k, steps);
                break;
            case 1:
                if (state.FailedOver == 0 || _c.Zombie)
                {
                    Snapshot(state, k, 1, InPhase(state.Old, 2), steps);
                }

                if (state.FailedOver == 1)
                {
                    Snapshot(state, k, 2, InPhase(state.New, 2), steps);
                }

                break;
            default:
                Fill(state, k, steps);
                break;
        }
    }

    private void Look(in HistoryWorld state, int k, Steps<HistoryWorld> steps)
    {
        if (_rules.Read(SlotOf(state.Redis), LaneOf(state.Redis)) is not { } seen)
        {
            return;
        }

        var next = state;
        next.Readers[k] = new HistoryReader { Phase = 1, Stamp = seen.Stamp, Epoch = seen.Epoch };
        if (Hit(state.Redis))
        {
            steps.Chance("READ: V to reader", next, k, seen.Stamp);
        }
        else
        {
            steps.Progress("READ: V to reader", next, k, seen.Stamp);
        }
    }

    private static void Snapshot(in HistoryWorld state, int k, byte node, byte visible, Steps<HistoryWorld> steps)
    {
        var next = state;
        next.Readers[k].Phase = 2;
        next.Readers[k].Node = node;
        next.Readers[k].Holds = visible;
        steps.Progress(node == 1 ? "snapshot on the old primary by reader" : "snapshot on the new primary by reader", next, k, visible);
    }

    private void Fill(in HistoryWorld state, int k, Steps<HistoryWorld> steps)
    {
        var reader = state.Readers[k];
        var request = new FillRequest(reader.Epoch, reader.Stamp, reader.Node == reader.Epoch);
        var accepted = _rules.MayFill(SlotOf(state.Redis), ValueOf(state.Redis), request, []);
        var next = state;
        next.Readers[k] = default;
        if (accepted)
        {
            next.Redis.ValueEpoch = _rules.EpochOfFill(state.Redis.SlotEpoch, reader.Epoch);
            next.Redis.Stamp = reader.Stamp;
            next.Redis.Holds = reader.Holds;
        }

        steps.Progress(accepted ? "FILL by reader" : "FILL refused, reader", next, k, reader.Stamp);
    }
}
