using Streams.FenceChecker.Tests.Engine;
using Streams.FenceChecker.Tests.Lane;
using Streams.FenceChecker.Tests.Rules;

namespace Streams.FenceChecker.Tests.History;

/// <summary>
/// Postgres crashes or fails over and loses committed transactions. The old primary may live on with its readers and its source;
/// the slot on the new one starts late, so commits before it are never sent.
/// </summary>
public sealed partial class HistoryModel(HistoryConfiguration configuration) : IModel<HistoryWorld>
{
    private readonly HistoryConfiguration _c = configuration;
    private readonly ProtocolRules _rules = configuration.Rules;

    /// <inheritdoc/>
    public HistoryWorld Initial => new()
    {
        Redis = new RedisState { SlotEpoch = 1, Cell = LaneWorld.None, FrontierEpoch = 1, AppliedEpoch = 1, Applied = 1 },
    };

    /// <inheritdoc/>
    public void Expand(in HistoryWorld state, Steps<HistoryWorld> steps)
    {
        for (var t = 0; t < _c.Transactions; t++)
        {
            OldPrimary(state, t, steps);
            NewPrimary(state, t, steps);
        }

        FailOver(state, steps);
        if (state.Redis.ValueEpoch != 0)
        {
            var next = state;
            DropValue(ref next.Redis);
            steps.Chance("value evicted", next);
        }

        Apply(state, steps);
        Prove(state, steps);
        Change(state, steps);
        for (var k = 0; k < _c.Readers; k++)
        {
            Reader(state, k, steps);
        }
    }

    /// <inheritdoc/>
    public void Canonicalize(ref HistoryWorld state)
    {
        if (_c.Readers == 2)
        {
            ByteOrder.Sort(ref state.Readers[0], ref state.Readers[1]);
        }
    }

    private static SlotView SlotOf(in RedisState redis) => new(redis.SlotEpoch, redis.Floor, redis.Cell);

    private static LaneView LaneOf(in RedisState redis) => new(redis.FrontierEpoch, redis.Frontier, redis.AppliedEpoch, redis.Applied);

    private static ValueView ValueOf(in RedisState redis) => new(redis.ValueEpoch, redis.Stamp, redis.Holds);

    private static byte Bit(int transaction) => (byte)(1 << transaction);

    private static bool Has(byte set, int transaction) => (set >> transaction & 1) == 1;

    private static void DropValue(ref RedisState redis) => (redis.ValueEpoch, redis.Stamp, redis.Holds) = (0, 0, 0);

    private static byte InPhase(in PerTransaction commits, byte phase)
    {
        byte set = 0;
        for (var t = 0; t < 3; t++)
        {
            set |= commits[t] == phase ? Bit(t) : (byte)0;
        }

        return set;
    }

    private void OldPrimary(in HistoryWorld state, int t, Steps<HistoryWorld> steps)
    {
        if (state.FailedOver == 1 && !_c.Zombie)
        {
            return;
        }

        var next = state;
        if (state.Old[t] == 0 && state.FailedOver == 0)
        {
            next.Old[t] = 1;
            next.Order[next.Commits++] = (byte)t;
            steps.Chance("old primary: commit record of T", next, t);
        }
        else if (state.Old[t] == 1 && (!_c.SynchronousReplication || ((ReadOnlySpan<byte>)state.Order)[..state.Replicated].Contains((byte)t)))
        {
            next.Old[t] = 2;
            steps.Progress("old primary: visible T", next, t);
        }

        if (state.Old[t] >= 1 && !Has(state.SentByOld, t) && state.Length < HistoryWorld.LogCapacity)
        {
            next = state;
            next.SentByOld |= Bit(t);
            next.Log[next.Length++] = (byte)t;
            if (state.FailedOver == 0)
            {
                steps.Progress("old source: emit T", next, t, next.Length);
            }
            else
            {
                steps.Chance("zombie source: emit T", next, t, next.Length);
            }
        }
    }

    private void NewPrimary(in HistoryWorld state, int t, Steps<HistoryWorld> steps)
    {
        if (state.FailedOver == 0)
        {
            return;
        }

        var next = state;
        if (state.New[t] == 0 && state.Old[t] == 0)
        {
            next.New[t] = 1;
            next.BeforeSlot |= state.Slot == 0 ? Bit(t) : (byte)0;
            steps.Chance("new primary: commit record of T", next, t);
        }
        else if (state.New[t] == 1)
        {
            next.New[t] = 2;
            steps.Progress("new primary: visible T", next, t);
        }

        if (state.Slot == 1 && state.New[t] >= 1 && !Has(state.BeforeSlot, t) && !Has(state.SentByNew, t) && state.Length < HistoryWorld.LogCapacity)
        {
            next = state;
            next.SentByNew |= Bit(t);
            next.Log[next.Length++] = (byte)(t | HistoryWorld.FromNew);
            steps.Progress("new source: emit T", next, t, next.Length);
        }
    }

    private void FailOver(in HistoryWorld state, Steps<HistoryWorld> steps)
    {
        if (state.FailedOver == 1)
        {
            return;
        }

        var next = state;
        if (state.Replicated < state.Commits)
        {
            next.Replicated++;
            steps.Progress("commit is safe: T", next, state.Order[state.Replicated]);
        }

        next = state;
        next.FailedOver = 1;
        for (var i = 0; i < state.Replicated; i++)
        {
            next.New[state.Order[i]] = 2;
            next.BeforeSlot |= Bit(state.Order[i]);
        }

        steps.Chance("FAILOVER of Postgres", next);
    }
}
