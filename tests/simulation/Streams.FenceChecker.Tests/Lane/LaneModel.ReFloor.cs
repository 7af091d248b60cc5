using Streams.FenceChecker.Tests.Engine;
using Streams.FenceChecker.Tests.Rules;

namespace Streams.FenceChecker.Tests.Lane;

/// <summary>RE-FLOOR: durable epoch first, then Redis as one script or in pieces, then the barrier.</summary>
public sealed partial class LaneModel
{
    private const byte AllPieces = 7;

    private void ReFloorOrRepair(in LaneWorld state, int k, Steps<LaneWorld> steps)
    {
        if (_rules.AbsentPositionFromGroup && state.Redis is { SlotEpoch: not 0, AppliedEpoch: 0 })
        {
            var next = state;
            (next.Redis.AppliedEpoch, next.Redis.Applied) = (state.Redis.SlotEpoch, state.Group);
            steps.Progress("position taken from the group by sink", next, k, state.Group);
            return;
        }

        ReFloor(state, k, steps);
    }

    private void ReFloor(in LaneWorld state, int k, Steps<LaneWorld> steps)
    {
        if (_c.Sinks == 2 && (_c.ReFloorsAreLocked ? state.Sinks[1 - k].Phase == SinkPhase.ReFlooring : state.DurableEpoch > 3))
        {
            return;
        }

        var next = state;
        next.DurableEpoch = _rules.NextEpoch(state.DurableEpoch);
        next.Cut = state.Cut == 1 ? (byte)2 : state.Cut;
        next.Polls[k] = default;
        next.Sinks[k] = new SinkState
        {
            Phase = SinkPhase.ReFlooring,
            Epoch = next.DurableEpoch,
            Position = (byte)(state.Length + 1),
        };
        steps.Progress("RE-FLOOR: durable epoch by sink", next, k, next.DurableEpoch);
    }

    private void ReFloorPiece(in LaneWorld state, int k, Steps<LaneWorld> steps)
    {
        if (!_c.ReFloorInPieces && _rules.ReFloorIsOneScript)
        {
            var next = state;
            for (var piece = 0; piece < 3; piece++)
            {
                Perform(ref next, k, piece);
            }

            Finish(ref next, k);
            steps.Progress("RE-FLOOR: script by sink", next, k, state.Sinks[k].Epoch);
            return;
        }

        for (var piece = 0; piece < 3; piece++)
        {
            if (!Has(state.Sinks[k].Done, piece))
            {
                var next = state;
                Perform(ref next, k, piece);
                next.Sinks[k].Done |= Bit(piece);
                if (next.Sinks[k].Done == AllPieces)
                {
                    Finish(ref next, k);
                }

                steps.Progress(piece switch { 0 => "RE-FLOOR: slot by sink", 1 => "RE-FLOOR: A by sink", _ => "RE-FLOOR: V by sink" }, next, k, state.Sinks[k].Epoch);
            }
        }
    }

    private void Perform(ref LaneWorld state, int k, int piece)
    {
        var sink = state.Sinks[k];
        if (piece == 0)
        {
            var moved = _rules.ReFloorSlot(SlotOf(state.Redis), sink.Epoch, sink.Position);
            if (moved != SlotOf(state.Redis))
            {
                StoreSlot(ref state.Redis, moved);
                ForgetPromisesFrom(ref state, sink.Position);
            }

            return;
        }

        var lane = LaneOf(state.Redis);
        lane = piece == 1 ? _rules.ReFloorPosition(lane, sink.Epoch, sink.Position) : _rules.ReFloorFrontier(lane, sink.Epoch);
        StoreLane(ref state.Redis, lane);
    }

    /// <summary>What another sink has applied at or above the new position is applied again: it counts only then.</summary>
    private void ForgetPromisesFrom(ref LaneWorld state, byte position)
    {
        byte kept = 0;
        for (var offset = 1; offset < position && offset <= state.Length; offset++)
        {
            kept |= Bit(state.Log[offset - 1]);
        }

        state.Redis.Promised &= _c.ReFloorInPieces ? kept : (byte)255;
    }

    private static void StoreLane(ref RedisState redis, LaneView lane) =>
        (redis.FrontierEpoch, redis.Frontier, redis.AppliedEpoch, redis.Applied) = (lane.FrontierEpoch, lane.Frontier, lane.AppliedEpoch, lane.Applied);

    private void Finish(ref LaneWorld state, int k)
    {
        ref var sink = ref state.Sinks[k];
        (sink.Phase, sink.Done, sink.Barrier) = (SinkPhase.Idle, 0, BarrierPhase.Due);
        state.Cut = state.Cut == 2 ? (byte)0 : state.Cut;
        if (_c.LaneMachine)
        {
            sink = default; // it loads its lanes anew
        }
    }
}
