using Streams.FenceChecker.Tests.Engine;
using Streams.FenceChecker.Tests.Rules;

namespace Streams.FenceChecker.Tests.Lane;

/// <summary>Life of a sink: start, poll, apply; its keeper and its re-floors are apart.</summary>
public sealed partial class LaneModel
{
    private void Sink(in LaneState state, int k, Steps<LaneState> steps)
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

    private void Crash(in LaneState state, int k, Steps<LaneState> steps)
    {
        if (state.Crashes >= _c.Crashes)
        {
            return;
        }

        var next = state;
        next.Sinks[k] = default;
        next.Crashes++;
        next.Cut = state.Cut == 2 ? (byte)1 : state.Cut;
        steps.Chance("crash of sink", next, k);
    }

    /// <summary>The consumer learns of a truncation (leader epoch) before it is given a newer record.</summary>
    private void AnswerTruncation(in LaneState state, int k, Steps<LaneState> steps)
    {
        if (state.Cut == 1 && state.Sinks[k].Phase == SinkPhase.Idle)
        {
            ReFloor(state, k, steps);
        }
    }

    private void Start(in LaneState state, int k, Steps<LaneState> steps)
    {
        var lane = LaneOf(state.Redis);
        var action = _rules.Poll(lane, FenceOf(state.Redis).Epoch, state.DurableEpoch, 0, state.DurableEpoch);
        if (action is PollAction.ReFloor)
        {
            ReFloorOrRepair(state, k, steps);
            return;
        }

        var next = state;
        next.Sinks[k] = _rules.Restart(lane, state.Group);
        steps.Progress("start of sink", next, k, next.Sinks[k].Position);
    }

    private void Poll(in LaneState state, int k, Steps<LaneState> steps)
    {
        var sink = state.Sinks[k];
        if (sink.Phase != SinkPhase.Idle || !_rules.PollsWhenIdle)
        {
            return;
        }

        var lane = LaneOf(state.Redis);
        switch (_rules.Poll(lane, FenceOf(state.Redis).Epoch, sink.Epoch, sink.Position, state.DurableEpoch))
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
            default:
                RestoreFence(state, k, steps);
                break;
        }
    }

    private static void Reload(in LaneState state, int k, Steps<LaneState> steps)
    {
        var next = state;
        next.Sinks[k] = default;
        steps.Progress("POLL: newer epoch, reload of sink", next, k);
    }

    private static void Rewind(in LaneState state, int k, Steps<LaneState> steps)
    {
        var next = state;
        next.Sinks[k].Position = state.Redis.Applied;
        steps.Progress("POLL: rewind of sink", next, k, state.Redis.Applied);
    }

    private void RestoreFence(in LaneState state, int k, Steps<LaneState> steps)
    {
        var restored = _rules.RestoreFence(FenceOf(state.Redis), LaneOf(state.Redis), state.Sinks[k].Epoch);
        if (restored == FenceOf(state.Redis))
        {
            return;
        }

        var next = state;
        StoreFence(ref next.Redis, restored);
        steps.Progress("fence table restored by sink", next, k, restored.Floor);
    }

    private static void StoreFence(ref RedisState redis, StoredFence fence) =>
        (redis.SlotEpoch, redis.Floor, redis.Cell) = (fence.Epoch, fence.Floor, fence.Cell);
}
