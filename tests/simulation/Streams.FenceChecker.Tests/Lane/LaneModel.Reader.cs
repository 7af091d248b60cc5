using Streams.FenceChecker.Tests.Engine;
using Streams.FenceChecker.Tests.Rules;

namespace Streams.FenceChecker.Tests.Lane;

/// <summary>READ, snapshot, FILL.</summary>
public sealed partial class LaneModel
{
    private bool Hit(in RedisState redis) => _rules.MayHit(SlotOf(redis), ValueOf(redis), []);

    private void Reader(in LaneWorld state, int k, Steps<LaneWorld> steps)
    {
        switch (state.Readers[k].Phase)
        {
            case 0:
                Look(state, k, steps);
                break;
            case 1:
                var next = state;
                next.Readers[k].Phase = 2;
                next.Readers[k].Holds = Visible(state);
                steps.Progress("snapshot by reader", next, k, next.Readers[k].Holds);
                break;
            case 2:
                Fill(state, k, steps);
                break;
            default:
                LookAtTheRest(state, k, steps);
                break;
        }
    }

    private void Look(in LaneWorld state, int k, Steps<LaneWorld> steps)
    {
        var view = _rules.Read(SlotOf(state.Redis), LaneOf(state.Redis));
        if (view is not { } seen)
        {
            return;
        }

        for (var stamp = _c.CachedFrontier ? (byte)0 : seen.Stamp; stamp <= seen.Stamp; stamp++)
        {
            var next = state;
            next.Readers[k] = new ReaderState { Phase = 1, Stamp = stamp, Epoch = seen.Epoch };
            Halve(ref next.Readers[k]);
            if (stamp == seen.Stamp && !Hit(state.Redis))
            {
                steps.Progress("READ: V to reader", next, k, stamp);
            }
            else
            {
                steps.Chance("READ: cached V to reader", next, k, stamp);
            }
        }
    }

    /// <summary>A removed rule: the reply is not one, its second half is read later.</summary>
    private void Halve(ref ReaderState reader)
    {
        if (_rules.ReplyOrder == ReplyOrder.FrontierFirst)
        {
            (reader.Phase, reader.Epoch) = (3, 0);
        }
        else if (_rules.ReplyOrder == ReplyOrder.EpochFirst)
        {
            (reader.Phase, reader.Stamp) = (3, 0);
        }
    }

    private void LookAtTheRest(in LaneWorld state, int k, Steps<LaneWorld> steps)
    {
        var next = state;
        if (_rules.Read(SlotOf(state.Redis), LaneOf(state.Redis)) is not { } seen)
        {
            next.Readers[k] = default;
            steps.Progress("reader gives up", next, k);
            return;
        }

        ref var reader = ref next.Readers[k];
        reader.Phase = 1;
        reader.Epoch = _rules.ReplyOrder == ReplyOrder.FrontierFirst ? seen.Epoch : reader.Epoch;
        reader.Stamp = _rules.ReplyOrder == ReplyOrder.EpochFirst ? seen.Stamp : reader.Stamp;
        steps.Progress("other half of the reply to reader", next, k);
    }

    private void Fill(in LaneWorld state, int k, Steps<LaneWorld> steps)
    {
        var reader = state.Readers[k];
        var stamp = _rules.FrontierBeforeSnapshot || state.Redis.Frontier == LaneWorld.None ? reader.Stamp : state.Redis.Frontier;
        var accepted = _rules.MayFill(SlotOf(state.Redis), ValueOf(state.Redis), new FillRequest(reader.Epoch, stamp, true), []);
        var next = state;
        next.Readers[k] = default;
        if (accepted)
        {
            next.Redis.ValueEpoch = _rules.EpochOfFill(state.Redis.SlotEpoch, reader.Epoch);
            next.Redis.Stamp = stamp;
            next.Redis.Holds = reader.Holds;
        }

        steps.Progress(accepted ? "FILL by reader" : "FILL refused, reader", next, k, stamp);
    }
}
