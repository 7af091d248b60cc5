using System.Collections.Immutable;
using Streams.Cache.Protocol;
using Streams.FenceChecker.Tests.Engine;
using Streams.FenceChecker.Tests.Rules;
using Streams.InvalidationSink.Lanes;

namespace Streams.FenceChecker.Tests.Lane;

/// <summary>A sink that is the product's <see cref="LaneMachine"/>: the model keeps its state as bytes, hands it events and executes its effects.</summary>
public sealed partial class LaneModel
{
    private void Machine(in LaneWorld state, int k, Steps<LaneWorld> steps)
    {
        if (state.Sinks[k].Phase == SinkPhase.Down)
        {
            MachineStarts(state, k, steps);
            return;
        }

        Crash(state, k, steps);
        if (state.Cut > 0)
        {
            if (state.Cut == 1)
            {
                ReFloor(state, k, steps);
            }

            return;
        }

        if (_c.LatePolls && state.Polls[k].Asked == 0)
        {
            AskLate(state, k, steps);
        }
        else
        {
            MachinePolls(state, k, steps);
        }

        RestoreFence(state, k, steps);
        MachineApplies(state, k, (byte)(state.Sinks[k].Position + 1), steps);
        if (_c.Batches && state.Sinks[k].Position < state.Length)
        {
            MachineApplies(state, k, (byte)(state.Length + 1), steps);
        }

        MachineKeeps(state, k, steps);
        MachinePublishes(state, k, steps);
    }

    private void MachineStarts(in LaneWorld state, int k, Steps<LaneWorld> steps)
    {
        var stored = LaneOf(state.Redis);
        if (state.Cut > 0 || _rules.Poll(stored, state.DurableEpoch, 0, LaneWorld.None, state.DurableEpoch, false) == PollAction.ReFloor)
        {
            if (state.Cut != 2)
            {
                ReFloor(state, k, steps);
            }

            return;
        }

        var next = state;
        Keep(ref next.Sinks[k], LaneMachine.Load(SinkLane.Assigned(0), ProductTypes.Stored(stored), state.DurableEpoch));
        steps.Progress("LOAD by sink", next, k, next.Sinks[k].Position);
    }

    private void MachineApplies(in LaneWorld state, int k, byte end, Steps<LaneWorld> steps)
    {
        var lane = Lane(state, k);
        var batch = Batch(state, state.Sinks[k].Position, end);
        if (end > state.Length + 1 || !LaneMachine.Take(lane, batch).Effects.OfType<LaneEffect.Apply>().Any())
        {
            return;
        }

        var next = state;
        var admitted = Admits(state, k, end);
        for (var offset = state.Sinks[k].Position; admitted && offset < end; offset++)
        {
            RaiseFence(ref next, offset);
            DeleteValue(ref next, offset);
            next.Redis.Promised |= Bit(next.Log[offset - 1]);
        }

        if (admitted)
        {
            Advance(ref next, end);
        }

        ApplyResult answer = admitted ? new ApplyResult.Applied([]) : new ApplyResult.Lost();
        Keep(ref next.Sinks[k], LaneMachine.Answer(lane, batch, answer));
        steps.Progress(admitted ? "APPLY by sink" : "APPLY refused, sink", next, k, end - 1);
    }

    private void MachineKeeps(in LaneWorld state, int k, Steps<LaneWorld> steps)
    {
        var sink = state.Sinks[k];
        if (sink.Barrier == BarrierPhase.None)
        {
            var next = state;
            Keep(ref next.Sinks[k], LaneMachine.Look(Lane(state, k), ProductTypes.Snapshot(Visible(state))));
            if (next.Sinks[k].Proven != sink.Proven)
            {
                steps.Progress("KEEPER of sink proves", next, k, next.Sinks[k].Proven);
            }
        }
        else if (sink.Barrier != BarrierPhase.Waiting)
        {
            Barrier(state, k, steps);
        }
        else if (_rules.BarrierPassed(sink.Waiting, InFlight(state)))
        {
            var next = state;
            Keep(ref next.Sinks[k], LaneMachine.PassBarrier(Lane(state, k), ProductTypes.Offset((byte)(sink.Base + 1))));
            steps.Progress("BARRIER passed by sink", next, k, next.Sinks[k].Proven);
        }
    }

    private void MachinePublishes(in LaneWorld state, int k, Steps<LaneWorld> steps)
    {
        var sink = state.Sinks[k];
        if (sink.Unpublished == 0)
        {
            return;
        }

        var next = state;
        var stored = LaneOf(state.Redis);
        next.Sinks[k].Unpublished = 0;
        if (stored.FrontierEpoch > sink.Epoch)
        {
            Keep(ref next.Sinks[k], LaneMachine.RefusePublish(Lane(next, k)));
        }
        else
        {
            StoreLane(ref next.Redis, _rules.Publish(stored, sink.Epoch, sink.Proven));
        }

        steps.Progress("V published by sink", next, k, next.Redis.Frontier);
    }

    private void MachinePolls(in LaneWorld state, int k, Steps<LaneWorld> steps)
    {
        var lane = Lane(state, k);
        var poll = _c.LatePolls ? state.Polls[k] : Ask(state, k);
        var asked = lane with { Next = ProductTypes.Offset(poll.Position), Proven = poll.Proven == LaneWorld.None ? Frontier.None : ProductTypes.Offset(poll.Proven) };
        var step = LaneMachine.Poll(lane, asked, ProductTypes.Stored(poll.Stored), poll.Durable);
        var next = state;
        next.Polls[k] = default;
        Keep(ref next.Sinks[k], step);
        foreach (var effect in step.Effects)
        {
            switch (effect)
            {
                case LaneEffect.Reload:
                    next.Sinks[k] = default;
                    break;
                case LaneEffect.ReFloor when poll.Durable == state.DurableEpoch:
                    ReFloor(next, k, steps);
                    return;
            }
        }

        steps.Progress("POLL by sink", next, k);
    }

    private static LatePoll Ask(in LaneWorld state, int k)
    {
        var sink = state.Sinks[k];
        return new LatePoll
        {
            Asked = 1,
            Position = sink.Position,
            Proven = sink.Proven,
            Durable = state.DurableEpoch,
            Stored = LaneOf(state.Redis),
        };
    }

    private static void AskLate(in LaneWorld state, int k, Steps<LaneWorld> steps)
    {
        var next = state;
        next.Polls[k] = Ask(state, k);
        steps.Progress("POLL asks, sink", next, k, next.Polls[k].Stored.Applied);
    }

    private static SinkLane Lane(in LaneWorld state, int k)
    {
        var sink = state.Sinks[k];
        var from = sink.QueueFrom;
        var queue = XidRuns.From(ProductTypes.Offset(Math.Min(from, sink.QueueEnd)));
        if (from < sink.QueueEnd)
        {
            queue = queue.Append(Xids(state, from, sink.QueueEnd), ProductTypes.Offset(sink.QueueEnd));
        }

        var proven = sink.Proven == LaneWorld.None ? Frontier.None : ProductTypes.Offset(sink.Proven);
        var phase = sink.Phase == SinkPhase.Halted ? LanePhase.Halted : LanePhase.Applying;
        return new SinkLane(0, phase, sink.Epoch, ProductTypes.Offset(Math.Min(from, sink.QueueEnd)), ProductTypes.Offset(sink.Position), proven, queue);
    }

    /// <summary>The machine's state as bytes. Of the queue only its ends are kept: in between it holds what the lane holds.</summary>
    private static void Keep(ref SinkState sink, LaneStep step)
    {
        var lane = step.Lane;
        var wasUnproven = sink.Phase == SinkPhase.Down;
        sink.Phase = lane.Phase == LanePhase.Halted ? SinkPhase.Halted : SinkPhase.Idle;
        sink.Epoch = (byte)lane.Epoch;
        sink.Position = ProductTypes.Byte(lane.Next);
        sink.Proven = lane.Proven == Frontier.None ? LaneWorld.None : ProductTypes.Byte(lane.Proven);
        sink.QueueEnd = ProductTypes.Byte(lane.Queue.End);
        sink.QueueFrom = sink.Proven != LaneWorld.None ? (byte)(sink.Proven + 1) : wasUnproven ? sink.QueueEnd : sink.QueueFrom;
        if (sink.Proven != LaneWorld.None)
        {
            (sink.Barrier, sink.Waiting, sink.Base) = (BarrierPhase.None, 0, 0);
        }
        else if (wasUnproven)
        {
            sink.Barrier = BarrierPhase.Due;
        }

        if (step.Effects.OfType<LaneEffect.Publish>().Any())
        {
            sink.Unpublished = 1;
        }
    }

    private LaneBatch Batch(in LaneWorld state, byte from, byte end)
    {
        if (end > state.Length + 1)
        {
            return new LaneBatch([], [], ProductTypes.Offset(from), null);
        }

        var records = Enumerable.Range(from, end - from).Select(offset => new Invalidation(ProductTypes.Offset((byte)offset), "k", false, null));
        return new LaneBatch([.. records], Xids(state, from, end), ProductTypes.Offset(end), null);
    }

    private static ImmutableArray<LaneXid> Xids(in LaneWorld state, byte from, byte end)
    {
        var xids = ImmutableArray.CreateBuilder<LaneXid>();
        for (var offset = from; offset < end; offset++)
        {
            xids.Add(new LaneXid(ProductTypes.Offset(offset), XidProof.Visible, ProductTypes.FirstXid + state.Log[offset - 1]));
        }

        return xids.ToImmutable();
    }
}
