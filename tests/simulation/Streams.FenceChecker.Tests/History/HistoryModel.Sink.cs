using Streams.FenceChecker.Tests.Engine;
using Streams.FenceChecker.Tests.Lane;

namespace Streams.FenceChecker.Tests.History;

/// <summary>The sink: applies in order, keeps V, and answers the new history step by step.</summary>
public sealed partial class HistoryModel
{
    private void Apply(in HistoryState state, Steps<HistoryState> steps)
    {
        var offset = state.Redis.Applied;
        if (offset > state.Length)
        {
            return;
        }

        var next = state;
        var record = state.Log[offset - 1];
        var t = record & 15;
        var fence = _rules.Raise(FenceOf(state.Redis), LaneOf(state.Redis), state.Redis.SlotEpoch, offset);
        (next.Redis.SlotEpoch, next.Redis.Floor, next.Redis.Cell) = (fence.Epoch, fence.Floor, fence.Cell);
        if (state.Redis.ValueEpoch != 0 && _rules.Removes(fence, ValueOf(state.Redis), offset, Has(state.Redis.Holds, t)))
        {
            DropValue(ref next.Redis);
        }

        next.Redis.Applied = _rules.Advance(state.Redis.Applied, (byte)(offset + 1));
        if (state.FailedOver == 0 || (record & HistoryState.FromNew) != 0)
        {
            next.Redis.Promised |= Bit(t);
        }

        steps.Progress("APPLY", next, -1, offset);
    }

    /// <summary>The keeper proves against the database that its epoch belongs to; a snapshot of any other proves nothing.</summary>
    private void Prove(in HistoryState state, Steps<HistoryState> steps)
    {
        var published = state.FailedOver == 0 || state.Redis.FrontierEpoch == 1 || state.Step > Array.IndexOf(_c.Order, ChangeStep.Publish);
        if (!published || state.Redis.Frontier >= state.Length || (state.Redis.FrontierEpoch == 1 && state.FailedOver == 1 && !_c.Zombie))
        {
            return;
        }

        var settled = state.Redis.FrontierEpoch == 2;
        ref readonly var commits = ref settled ? ref state.New : ref state.Old;
        Span<byte> log = stackalloc byte[state.Length];
        for (var i = 0; i < log.Length; i++)
        {
            var other = settled && (state.Log[i] & HistoryState.FromNew) == 0;
            log[i] = (byte)(other && _rules.OtherHistoriesAreVoid ? LaneState.None : state.Log[i] & 15);
        }

        var visible = InPhase(commits, 2);
        var proven = _rules.Prove(state.Redis.Frontier, log, (byte)~visible, visible);
        if (proven != state.Redis.Frontier)
        {
            var next = state;
            next.Redis.Frontier = proven;
            steps.Progress("V published", next, -1, proven);
        }
    }

    private void Change(in HistoryState state, Steps<HistoryState> steps)
    {
        if (state.FailedOver == 0 || state.Step >= _c.Order.Length)
        {
            return;
        }

        var next = state;
        next.Step++;
        switch (_c.Order[state.Step])
        {
            case ChangeStep.Bump:
                Bump(ref next);
                steps.Progress("RE-FLOOR, epoch", next, -1, next.Redis.SlotEpoch);
                break;
            case ChangeStep.Slot when !_c.SlotWaits || InPhase(state.New, 1) == 0:
                next.Slot = 1;
                next.Base = state.Length;
                steps.Progress("slot consistent on the new primary", next);
                break;
            case ChangeStep.Barrier:
                Barrier(state, next, steps);
                break;
            case ChangeStep.Publish:
                Publish(ref next);
                steps.Progress("V published for the new epoch", next, -1, next.Redis.Frontier);
                break;
        }
    }

    private void Bump(ref HistoryState state)
    {
        if (!_rules.NewHistoryIsNewEpoch)
        {
            return;
        }

        var position = (byte)(state.Length + 1);
        var fence = _rules.ReFloorFence(FenceOf(state.Redis), 2, position);
        var lane = _rules.ReFloorFrontier(_rules.ReFloorPosition(LaneOf(state.Redis), 2, position), 2);
        (state.Redis.SlotEpoch, state.Redis.Floor, state.Redis.Cell) = (fence.Epoch, fence.Floor, fence.Cell);
        (state.Redis.FrontierEpoch, state.Redis.Frontier) = (lane.FrontierEpoch, lane.Frontier);
        (state.Redis.AppliedEpoch, state.Redis.Applied) = (lane.AppliedEpoch, lane.Applied);
    }

    private void Barrier(in HistoryState state, HistoryState passed, Steps<HistoryState> steps)
    {
        var next = state;
        switch (state.Barrier)
        {
            case BarrierPhase.None:
                next.Barrier = BarrierPhase.BaseRead;
                next.Base = state.Length;
                steps.Progress("BARRIER: end of the lane", next, -1, next.Base);
                break;
            case BarrierPhase.BaseRead:
                next.Barrier = BarrierPhase.Waiting;
                next.Waiting = _rules.BarrierWaitsFor(InPhase(state.New, 1), InPhase(state.New, 2));
                steps.Progress("BARRIER: new xid", next, -1, next.Waiting);
                break;
            default:
                if (_rules.BarrierPassed(state.Waiting, InPhase(state.New, 1)))
                {
                    passed.Waiting = 0;
                    steps.Progress("BARRIER passed", passed);
                }

                break;
        }
    }

    private void Publish(ref HistoryState state)
    {
        if (_rules.NewHistoryIsNewEpoch)
        {
            var proven = _rules.BaseBeforeBarrier ? state.Base : state.Length;
            (state.Redis.FrontierEpoch, state.Redis.Frontier) = (2, proven);
        }
    }
}
