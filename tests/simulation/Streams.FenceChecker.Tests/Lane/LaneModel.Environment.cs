using Streams.FenceChecker.Tests.Engine;

namespace Streams.FenceChecker.Tests.Lane;

/// <summary>What Postgres, the source, the lane and Redis do of themselves.</summary>
public sealed partial class LaneModel
{
    private void Database(in LaneWorld state, Steps<LaneWorld> steps)
    {
        for (var t = 0; t < _c.Transactions; t++)
        {
            if (state.Commit[t] == 0)
            {
                var next = state;
                next.Commit[t] = 1;
                steps.Chance("commit record of T", next, t);
            }
            else if (state.Commit[t] == 1)
            {
                var next = state;
                next.Commit[t] = 2;
                steps.Progress("visible: T", next, t);
            }

            Emit(state, t, steps);
        }
    }

    /// <summary>The source may hand out a commit before any reader can see it, and may hand it out again.</summary>
    private void Emit(in LaneWorld state, int t, Steps<LaneWorld> steps)
    {
        if (state.Commit[t] == 0 || state.Emitted[t] >= _c.Emissions || state.Length == LaneWorld.LogCapacity)
        {
            return;
        }

        var next = state;
        next.Emitted[t]++;
        next.Log[next.Length++] = (byte)t;
        if (state.Emitted[t] == 0)
        {
            steps.Progress("emit T", next, t, next.Length);
        }
        else
        {
            steps.Chance("emit again T", next, t, next.Length);
        }
    }

    private void Faults(in LaneWorld state, Steps<LaneWorld> steps)
    {
        if (state.Redis.ValueEpoch != 0)
        {
            var next = state;
            DropValue(ref next.Redis);
            steps.Chance("value evicted", next);
        }

        if (_rules.FencesMayBeEvicted && state.Redis.Cell != LaneWorld.None)
        {
            var next = state;
            next.Redis.Cell = LaneWorld.None;
            steps.Chance("fence cell evicted", next);
        }

        Truncate(state, steps);
        Lose(state, steps);
        FailOver(state, steps);
    }

    /// <summary>Unclean leader election: the last record is gone, with or without the source sending it again; its offset is used again.</summary>
    private void Truncate(in LaneWorld state, Steps<LaneWorld> steps)
    {
        if (state.Truncations >= _c.Truncations || state.Length == 0)
        {
            return;
        }

        var cut = state;
        var t = cut.Log[--cut.Length];
        cut.Log[cut.Length] = LaneWorld.None;
        cut.Truncations++;
        cut.Cut = 1;
        var again = cut;
        again.Emitted[t]--;
        steps.Chance("lane cut, will be sent again: T", again, t);
        if (!((ReadOnlySpan<byte>)cut.Log)[..cut.Length].Contains(t))
        {
            cut.Emitted[t] = 9;
            cut.Lost |= Bit(t);
        }

        steps.Chance("lane cut, lost for ever: T", cut, t);
    }

    private void Lose(in LaneWorld state, Steps<LaneWorld> steps)
    {
        if (state.Losses >= _c.Losses)
        {
            return;
        }

        var next = state;
        next.Losses++;
        var lost = next;
        lost.Redis = EmptyRedis(state.Redis.Promised);
        steps.Chance("Redis loses everything", lost);
        if (state.Redis.SlotEpoch != 0)
        {
            lost = next;
            (lost.Redis.SlotEpoch, lost.Redis.Floor, lost.Redis.Cell) = (0, 0, LaneWorld.None);
            steps.Chance("Redis loses the fence table", lost);
        }

        if (state.Redis.FrontierEpoch != 0)
        {
            lost = next;
            (lost.Redis.FrontierEpoch, lost.Redis.Frontier) = (0, LaneWorld.None);
            steps.Chance("Redis loses V", lost);
        }

        if (state.Redis.AppliedEpoch != 0)
        {
            lost = next;
            (lost.Redis.AppliedEpoch, lost.Redis.Applied) = (0, 0);
            steps.Chance("Redis loses A", lost);
        }
    }

    private void FailOver(in LaneWorld state, Steps<LaneWorld> steps)
    {
        if (state.HasCopy == 0 && state.Copies < _c.Failovers)
        {
            var next = state;
            next.Copy = state.Redis;
            next.HasCopy = 1;
            next.Copies++;
            steps.Chance("copy of Redis falls behind", next);
        }

        if (state.HasCopy == 1)
        {
            var next = state;
            next.Redis = state.Copy;
            next.Copy = default;
            next.HasCopy = 0;
            BreakConnections(ref next);
            steps.Chance("Redis fails over to the copy", next);
        }
    }

    private void BreakConnections(ref LaneWorld state)
    {
        for (var k = 0; k < _c.Sinks && _rules.ConnectionBreaksAtFailover; k++)
        {
            if (state.Sinks[k].Phase > SinkPhase.Idle)
            {
                state.Sinks[k] = default;
                state.Cut = state.Cut == 2 ? (byte)1 : state.Cut;
            }
        }
    }
}
