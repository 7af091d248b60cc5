using Streams.Cache.Protocol;
using Streams.FenceChecker.Tests.Engine;
using Streams.FenceChecker.Tests.Rules;

namespace Streams.FenceChecker.Tests.Lane;

/// <summary>APPLY, as one script or in sub-steps.</summary>
public sealed partial class LaneModel
{
    private void Apply(in LaneWorld state, int k, Steps<LaneWorld> steps)
    {
        var sink = state.Sinks[k];
        if (_c.SubSteps)
        {
            SubStep(state, k, steps);
        }
        else if (sink.Position <= state.Length)
        {
            ApplyBatch(state, k, (byte)(sink.Position + 1), steps);
            if (_c.Batches && sink.Position < state.Length)
            {
                ApplyBatch(state, k, (byte)(state.Length + 1), steps);
            }
        }

        if (!_rules.PositionIsBesideValues || _rules.AbsentPositionFromGroup)
        {
            CommitGroup(state, k, steps);
        }
    }

    /// <summary>Only removed rules rely on the group's position, so it is modelled for them alone.</summary>
    private void CommitGroup(in LaneWorld state, int k, Steps<LaneWorld> steps)
    {
        var sink = state.Sinks[k];
        var isStored = !_rules.PositionIsBesideValues || (state.Redis.AppliedEpoch == sink.Epoch && state.Redis.Applied >= sink.Position);
        if (sink.Phase == SinkPhase.Idle && state.Group < sink.Position && isStored)
        {
            var next = state;
            next.Group = sink.Position;
            steps.Progress("group commit by sink", next, k, sink.Position);
        }
    }

    /// <summary>A refused batch changes nothing: what follows from a refusal is what POLL would find, so it is left to POLL.</summary>
    private void ApplyBatch(in LaneWorld state, int k, byte end, Steps<LaneWorld> steps)
    {
        var sink = state.Sinks[k];
        if (!Admits(state, k, end))
        {
            return;
        }

        var next = state;
        for (var offset = sink.Position; offset < end; offset++)
        {
            RaiseFence(ref next, offset);
            DeleteValue(ref next, offset);
            next.Redis.Promised |= Bit(next.Log[offset - 1]);
        }

        Advance(ref next, end);
        next.Sinks[k].Position = end;
        steps.Progress("APPLY by sink", next, k, end - 1);
    }

    private bool Admits(in LaneWorld state, int k, byte end)
    {
        var sink = state.Sinks[k];
        var touched = 0;
        for (var offset = sink.Position; offset < end; offset++)
        {
            touched |= Has(_c.OtherKey, state.Log[offset - 1]) ? 0 : 1;
        }

        ReadOnlySpan<SlotView> slots = touched == 0 ? [] : [SlotOf(state.Redis)];
        return _rules.Admit(slots, LaneOf(state.Redis), sink.Epoch, sink.Position) == ApplyAdmission.Proceed;
    }

    private void SubStep(in LaneWorld state, int k, Steps<LaneWorld> steps)
    {
        var sink = state.Sinks[k];
        var end = (byte)(sink.Position + 1);
        if (sink.Phase == SinkPhase.Idle && (sink.Position > state.Length || !Admits(state, k, end)))
        {
            return;
        }

        var next = state;
        ref var moved = ref next.Sinks[k];
        if (sink.Phase == SinkPhase.Applying && !Admits(state, k, end))
        {
            (moved.Phase, moved.Done) = (SinkPhase.Idle, 0);
            steps.Progress("APPLY abandoned by sink", next, k, sink.Position);
            return;
        }

        var part = _rules.ApplyOrder[sink.Done];
        Perform(ref next, part, sink);
        moved.Done++;
        moved.Phase = SinkPhase.Applying;
        if (moved.Done == _rules.ApplyOrder.Length)
        {
            (moved.Phase, moved.Done, moved.Position) = (SinkPhase.Idle, 0, end);
        }

        steps.Progress(NameOf(part), next, k, sink.Position);
    }

    /// <summary>A record counts as applied, and its promise stands, once its fence and its delete are both done.</summary>
    private void Perform(ref LaneWorld state, ApplyPart part, in SinkState sink)
    {
        switch (part)
        {
            case ApplyPart.Fence:
                RaiseFence(ref state, sink.Position);
                break;
            case ApplyPart.Delete:
                DeleteValue(ref state, sink.Position);
                break;
            default:
                Advance(ref state, (byte)(sink.Position + 1));
                break;
        }

        var done = _rules.ApplyOrder.AsSpan(0, sink.Done + 1);
        if (part != ApplyPart.Position && done.Contains(ApplyPart.Fence) && done.Contains(ApplyPart.Delete))
        {
            state.Redis.Promised |= Bit(state.Log[sink.Position - 1]);
        }
    }

    private static string NameOf(ApplyPart part) => part switch
    {
        ApplyPart.Fence => "APPLY, fence, by sink",
        ApplyPart.Delete => "APPLY, delete, by sink",
        _ => "APPLY, position, by sink",
    };

    private void RaiseFence(ref LaneWorld state, byte offset)
    {
        if (!Has(_c.OtherKey, state.Log[offset - 1]))
        {
            StoreSlot(ref state.Redis, _rules.Raise(SlotOf(state.Redis), LaneOf(state.Redis), offset));
        }
    }

    private void DeleteValue(ref LaneWorld state, byte offset)
    {
        var t = state.Log[offset - 1];
        if (state.Redis.ValueEpoch != 0 && !Has(_c.OtherKey, t)
            && _rules.Removes(SlotOf(state.Redis), ValueOf(state.Redis), offset, t))
        {
            DropValue(ref state.Redis);
        }
    }

    private void Advance(ref LaneWorld state, byte next)
    {
        if (_rules.PositionIsBesideValues)
        {
            state.Redis.Applied = _rules.Advance(LaneOf(state.Redis), next);
        }
    }
}
