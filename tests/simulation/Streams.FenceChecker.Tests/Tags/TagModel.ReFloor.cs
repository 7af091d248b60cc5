using Streams.FenceChecker.Tests.Engine;
using Streams.FenceChecker.Tests.Lane;
using Streams.FenceChecker.Tests.Rules;

namespace Streams.FenceChecker.Tests.Tags;

/// <summary>A lane is cut; all slots and frontiers move to a new epoch piece by piece, in any order; each lane has its barrier.</summary>
public sealed partial class TagModel
{
    private void Truncate(in TagWorld state, int lane, Steps<TagWorld> steps)
    {
        if (state.Truncations >= _c.Truncations || state.Lengths[lane] == 0 || state.Phase != ReFloorPhase.Settled)
        {
            return;
        }

        var cut = state;
        var record = cut.Logs[lane][--cut.Lengths[lane]];
        var (transaction, item) = (record / 4, record % 4);
        cut.Logs[lane][cut.Lengths[lane]] = 0;
        cut.Truncations++;
        cut.Phase = ReFloorPhase.Due;
        var again = cut;
        again.Emitted[transaction] &= (byte)~(1 << item);
        steps.Chance("end of lane cut, will be sent again, lane", again, lane);
        cut.Lost[transaction] |= (byte)(1 << item);
        steps.Chance("end of lane cut, lost for ever, lane", cut, lane);
    }

    private void ReFloor(in TagWorld state, Steps<TagWorld> steps)
    {
        if (state.Phase == ReFloorPhase.Due)
        {
            var next = state;
            next.Durable = _rules.NextEpoch(state.Durable);
            next.Ends = state.Lengths;
            next.Phase = ReFloorPhase.Pieces;
            steps.Progress("RE-FLOOR: durable epoch", next, -1, next.Durable);
        }
        else if (state.Phase == ReFloorPhase.Pieces)
        {
            ReFloorPieces(state, steps);
        }
    }

    private void ReFloorPieces(in TagWorld state, Steps<TagWorld> steps)
    {
        for (var item = 0; item < Items; item++)
        {
            var cell = _c.Cell[item];
            if (!Has(state.Done, cell))
            {
                var next = state;
                var moved = _rules.ReFloorSlot(SlotOf(state, cell), state.Durable, (byte)(state.Ends[_c.Lane[item]] + 1));
                (next.SlotEpochs[cell], next.Floors[cell], next.Cells[cell]) = (moved.Epoch, moved.Floor, 0);
                Finish(ref next, cell);
                steps.Progress("RE-FLOOR: slot of item", next, item, moved.Floor);
            }
        }

        for (var lane = 0; lane < _c.Lanes; lane++)
        {
            if (!Has(state.Done, TagWorld.Width + lane))
            {
                var next = state;
                var moved = _rules.ReFloorFrontier(LaneOf(state, lane), state.Durable);
                (next.FrontierEpochs[lane], next.Frontiers[lane]) = (moved.FrontierEpoch, moved.Frontier);
                next.Barriers[lane] = BarrierPhase.Due;
                Finish(ref next, TagWorld.Width + lane);
                steps.Progress("RE-FLOOR: V of lane", next, lane);
            }
        }
    }

    private void Finish(ref TagWorld state, int piece)
    {
        state.Done |= (byte)(1 << piece);
        var all = ((1 << _c.Lanes) - 1) << TagWorld.Width;
        foreach (var cell in _c.Cell)
        {
            all |= 1 << cell;
        }

        if (state.Done == all)
        {
            (state.Done, state.Phase, state.Ends) = (0, ReFloorPhase.Settled, default);
        }
    }

    /// <summary>Each lane has a keeper of its own, which does not wait for the pieces of the others.</summary>
    private void Barrier(in TagWorld state, int lane, Steps<TagWorld> steps)
    {
        var next = state;
        if (state.Barriers[lane] == BarrierPhase.Due)
        {
            (next.Barriers[lane], next.Bases[lane]) = (BarrierPhase.Waiting, state.Lengths[lane]);
            next.Waiting[lane] = _rules.BarrierWaitsFor(InFlight(state), Visible(state));
            steps.Progress("BARRIER begins, lane", next, lane, next.Bases[lane]);
        }
        else if (state.Barriers[lane] == BarrierPhase.Waiting && _rules.BarrierPassed(state.Waiting[lane], InFlight(state)))
        {
            var published = _rules.Publish(LaneOf(state, lane), state.Durable, _rules.AfterBarrier(state.Bases[lane]));
            (next.FrontierEpochs[lane], next.Frontiers[lane]) = (published.FrontierEpoch, published.Frontier);
            (next.Barriers[lane], next.Bases[lane], next.Waiting[lane]) = (BarrierPhase.None, 0, 0);
            steps.Progress("BARRIER passed, V published, lane", next, lane, published.Frontier);
        }
    }

    private byte InFlight(in TagWorld state)
    {
        byte set = 0;
        for (var t = 0; t < _c.Transactions; t++)
        {
            set |= (byte)(state.Commit[t] == 1 ? 1 << t : 0);
        }

        return set;
    }
}
