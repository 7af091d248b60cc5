using Streams.FenceChecker.Tests.Engine;
using Streams.FenceChecker.Tests.Lane;

namespace Streams.FenceChecker.Tests.History;

/// <summary>The sink: applies in order, keeps V, and answers the new history step by step.</summary>
public sealed partial class HistoryModel
{
    private void Apply(in HistoryWorld state, Steps<HistoryWorld> steps)
    {
        var offset = state.Redis.Applied;
        if (offset > state.Length)
        {
            return;
        }

        var next = state;
        var record = state.Log[offset - 1];
        var t = record & 15;
        var fence = _rules.Raise(SlotOf(state.Redis), LaneOf(state.Redis), offset);
        (next.Redis.SlotEpoch, next.Redis.Floor, next.Redis.Cell) = (fence.Epoch, fence.Floor, fence.Cell);
        if (state.Redis.ValueEpoch != 0 && _rules.Removes(fence, ValueOf(state.Redis), offset, (byte)t))
        {
            DropValue(ref next.Redis);
        }

        next.Redis.Applied = _rules.Advance(LaneOf(state.Redis), (byte)(offset + 1));
        if (state.FailedOver == 0 || (record & HistoryWorld.FromNew) != 0)
        {
            next.Redis.Promised |= Bit(t);
        }

        steps.Progress("APPLY", next, -1, offset);
    }

    /// <summary>The keeper proves against the database that its epoch belongs to; a snapshot of any other proves nothing.</summary>
    private void Prove(in HistoryWorld state, Steps<HistoryWorld> steps)
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
            var other = settled && (state.Log[i] & HistoryWorld.FromNew) == 0;
            log[i] = (byte)(other && _rules.OtherHistoriesAreVoid ? LaneWorld.None : state.Log[i] & 15);
        }

        var proven = _rules.Prove(state.Redis.Frontier, log, InPhase(commits, 2));
        if (proven != state.Redis.Frontier)
        {
            var next = state;
            next.Redis.Frontier = proven;
            steps.Progress("V published", next, -1, proven);
        }
    }

    private void Change(in HistoryWorld state, Steps<HistoryWorld> steps)
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

    private void Bump(ref HistoryWorld state)
    {
        if (!_rules.NewHistoryIsNewEpoch)
        {
            return;
        }

        var position = (byte)(state.Length + 1);
        var fence = _rules.ReFloorSlot(SlotOf(state.Redis), 2, position);
        var lane = _rules.ReFloorFrontier(_rules.ReFloorPosition(LaneOf(state.Redis), 2, position), 2);
        (state.Redis.SlotEpoch, state.Redis.Floor, state.Redis.Cell) = (fence.Epoch, fence.Floor, fence.Cell);
        (state.Redis.FrontierEpoch, state.Redis.Frontier) = (lane.FrontierEpoch, lane.Frontier);
        (state.Redis.AppliedEpoch, state.Redis.Applied) = (lane.AppliedEpoch, lane.Applied);
    }

    private void Barrier(in HistoryWorld state, HistoryWorld passed, Steps<HistoryWorld> steps)
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

    private void Publish(ref HistoryWorld state)
    {
        if (_rules.NewHistoryIsNewEpoch)
        {
            var proven = _rules.AfterBarrier(_rules.BaseBeforeBarrier ? state.Base : state.Length);
            var lane = _rules.Publish(LaneOf(state.Redis), 2, proven);
            (state.Redis.FrontierEpoch, state.Redis.Frontier) = (lane.FrontierEpoch, lane.Frontier);
        }
    }
}
