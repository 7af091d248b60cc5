using Streams.Cache.Protocol;
using Streams.FenceChecker.Tests.Engine;

namespace Streams.FenceChecker.Tests.Lane;

/// <summary>KEEPER and BARRIER.</summary>
public sealed partial class LaneModel
{
    private void Keeper(in LaneWorld state, int k, Steps<LaneWorld> steps)
    {
        if (state.Sinks[k].Barrier != BarrierPhase.None)
        {
            Barrier(state, k, steps);
            return;
        }

        Prove(state, k, steps);
        Publish(state, k, steps);
    }

    private void Barrier(in LaneWorld state, int k, Steps<LaneWorld> steps)
    {
        var next = state;
        ref var sink = ref next.Sinks[k];
        switch (sink.Barrier)
        {
            case BarrierPhase.Due:
                sink.Base = state.Length;
                sink.Barrier = BarrierPhase.BaseRead;
                steps.Progress("BARRIER: end of the lane to sink", next, k, sink.Base);
                break;
            case BarrierPhase.BaseRead:
                sink.Waiting = _rules.BarrierWaitsFor(InFlight(state), Visible(state));
                sink.Barrier = BarrierPhase.Waiting;
                steps.Progress("BARRIER: new xid to sink", next, k, sink.Waiting);
                break;
            default:
                if (_rules.BarrierPassed(sink.Waiting, InFlight(state)))
                {
                    sink.Proven = _rules.AfterBarrier(_rules.BaseBeforeBarrier ? sink.Base : state.Length);
                    (sink.Barrier, sink.Waiting, sink.Base, sink.Unpublished) = (BarrierPhase.None, 0, 0, 1);
                    steps.Progress("BARRIER passed by sink", next, k, sink.Proven);
                }

                break;
        }
    }

    private void Prove(in LaneWorld state, int k, Steps<LaneWorld> steps)
    {
        var sink = state.Sinks[k];
        var known = _c.KeeperReadsAhead ? state.Length : (byte)(sink.Position - 1);
        if (sink.Proven >= known)
        {
            return;
        }

        var proven = _rules.Prove(sink.Proven, ((ReadOnlySpan<byte>)state.Log)[..known], Visible(state));
        if (proven != sink.Proven)
        {
            var next = state;
            next.Sinks[k].Proven = proven;
            next.Sinks[k].Unpublished = 1;
            steps.Progress("KEEPER of sink proves", next, k, proven);
        }
    }

    /// <summary>Once after each proof, and again when POLL asks for it.</summary>
    private void Publish(in LaneWorld state, int k, Steps<LaneWorld> steps)
    {
        var sink = state.Sinks[k];
        if (sink.Unpublished == 0 && Judge(state, k) != PollAction.Republish)
        {
            return;
        }

        var stored = LaneOf(state.Redis);
        var published = _rules.Publish(stored, sink.Epoch, sink.Proven);
        var next = state;
        StoreLane(ref next.Redis, published);
        next.Sinks[k].Unpublished = 0;
        steps.Progress("V published by sink", next, k, published.Frontier);
    }
}
