using Streams.Cache.Protocol;
using Streams.FenceChecker.Tests.Engine;
using Streams.FenceChecker.Tests.Rules;

namespace Streams.FenceChecker.Tests.Lane;

/// <summary>Life of a sink: start, poll, apply; its keeper and its re-floors are apart.</summary>
public sealed partial class LaneModel
{
    private void Sink(in LaneWorld state, int k, Steps<LaneWorld> steps)
    {
        var sink = state.Sinks[k];
        if (sink.Phase == SinkPhase.Down)
        {
            Start(state, k, steps);
            return;
        }

        Crash(state, k, steps);
        if (sink.Phase == SinkPhase.ReFlooring)
        {
            ReFloorPiece(state, k, steps);
            return;
        }

        if (state.Cut > 0 && _rules.TruncationIsDetected)
        {
            AnswerTruncation(state, k, steps);
            return;
        }

        Poll(state, k, steps);
        Apply(state, k, steps);
        Keeper(state, k, steps);
    }

    private void Crash(in LaneWorld state, int k, Steps<LaneWorld> steps)
    {
        if (state.Crashes >= _c.Crashes)
        {
            return;
        }

        var next = state;
        next.Sinks[k] = default;
        next.Polls[k] = default;
        next.Crashes++;
        next.Cut = state.Cut == 2 ? (byte)1 : state.Cut;
        steps.Chance("crash of sink", next, k);
    }

    /// <summary>The consumer learns of a truncation (leader epoch) before it is given a newer record.</summary>
    private void AnswerTruncation(in LaneWorld state, int k, Steps<LaneWorld> steps)
    {
        if (state.Cut == 1 && state.Sinks[k].Phase == SinkPhase.Idle)
        {
            ReFloor(state, k, steps);
        }
    }

    private void Start(in LaneWorld state, int k, Steps<LaneWorld> steps)
    {
        var lane = LaneOf(state.Redis);
        if (_rules.Poll(lane, state.DurableEpoch, 0, LaneWorld.None, state.DurableEpoch, false) == PollAction.ReFloor)
        {
            ReFloorOrRepair(state, k, steps);
            return;
        }

        var next = state;
        next.Sinks[k] = _rules.Restart(lane, state.Group);
        steps.Progress("start of sink", next, k, next.Sinks[k].Position);
    }

    private void Poll(in LaneWorld state, int k, Steps<LaneWorld> steps)
    {
        var sink = state.Sinks[k];
        if (sink.Phase != SinkPhase.Idle || !_rules.PollsWhenIdle)
        {
            return;
        }

        switch (Judge(state, k))
        {
            case PollAction.ReFloor:
                ReFloorOrRepair(state, k, steps);
                break;
            case PollAction.Reload:
                Reload(state, k, steps);
                break;
            case PollAction.Rewind when _rules.PositionIsBesideValues:
                Rewind(state, k, steps);
                break;
            case PollAction.RestoreFence:
                RestoreFence(state, k, steps);
                break;
        }
    }

    /// <summary>POLL with an audit that has just looked at the slot.</summary>
    private PollAction Judge(in LaneWorld state, int k)
    {
        var sink = state.Sinks[k];
        var lane = LaneOf(state.Redis);
        var proven = sink.Barrier == BarrierPhase.None ? sink.Proven : LaneWorld.None;
        return _rules.Poll(lane, sink.Epoch, sink.Position, proven, state.DurableEpoch, state.Redis.SlotEpoch != sink.Epoch);
    }

    private static void Reload(in LaneWorld state, int k, Steps<LaneWorld> steps)
    {
        var next = state;
        next.Sinks[k] = default;
        steps.Progress("POLL: newer epoch, reload of sink", next, k);
    }

    /// <summary>All that a sink knows of a lane is forgotten and begun again from what Redis holds.</summary>
    private void Rewind(in LaneWorld state, int k, Steps<LaneWorld> steps)
    {
        var next = state;
        next.Sinks[k] = _rules.Restart(LaneOf(state.Redis), state.Group);
        steps.Progress("POLL: rewind of sink", next, k, next.Sinks[k].Position);
    }

    private void RestoreFence(in LaneWorld state, int k, Steps<LaneWorld> steps)
    {
        var restored = _rules.RestoreFence(SlotOf(state.Redis), LaneOf(state.Redis), state.Sinks[k].Epoch);
        if (restored == SlotOf(state.Redis))
        {
            return;
        }

        var next = state;
        StoreSlot(ref next.Redis, restored);
        steps.Progress("fence table restored by sink", next, k, restored.Floor);
    }

    private static void StoreSlot(ref RedisState redis, SlotView fence) =>
        (redis.SlotEpoch, redis.Floor, redis.Cell) = (fence.Epoch, fence.Floor, fence.Cell);
}
