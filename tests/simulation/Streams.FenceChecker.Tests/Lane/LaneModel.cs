using Streams.FenceChecker.Tests.Engine;
using Streams.FenceChecker.Tests.Rules;

namespace Streams.FenceChecker.Tests.Lane;

/// <summary>
/// One key, one lane, one Redis, one primary: transactions that hang between their commit record and their visibility, readers, one or two sinks,
/// and everything that may go wrong with Redis, the sinks and the lane.
/// <code>
/// commit ─► WAL ─► emit ─► lane ─► sink ─► APPLY ─► Redis ◄─ READ / FILL ─ reader
///    └────► visible ─────────────► keeper ─► V ──────┘            └─ snapshot of the primary
/// </code>
/// </summary>
public sealed partial class LaneModel(LaneConfiguration configuration) : IModel<LaneWorld>
{
    private readonly LaneConfiguration _c = configuration;
    private readonly ProtocolRules _rules = configuration.Rules;

    /// <inheritdoc/>
    public LaneWorld Initial
    {
        get
        {
            var state = default(LaneWorld);
            ((Span<byte>)state.Log).Fill(LaneWorld.None);
            state.Redis = _c.FirstStart ? EmptyRedis(0) : SettledRedis();
            state.DurableEpoch = (byte)(_c.FirstStart ? 0 : 1);
            state.Group = 1;
            for (var k = 0; k < _c.Sinks && !_c.FirstStart; k++)
            {
                state.Sinks[k] = _c.LaneMachine ? default : new SinkState { Phase = SinkPhase.Idle, Position = 1, Epoch = 1 };
            }

            return state;
        }
    }

    /// <inheritdoc/>
    public void Expand(in LaneWorld state, Steps<LaneWorld> steps)
    {
        Database(state, steps);
        Faults(state, steps);
        for (var k = 0; k < _c.Sinks; k++)
        {
            if (_c.LaneMachine && state.Sinks[k].Phase != SinkPhase.ReFlooring)
            {
                Machine(state, k, steps);
            }
            else
            {
                Sink(state, k, steps);
            }
        }

        for (var k = 0; k < _c.Readers; k++)
        {
            Reader(state, k, steps);
        }
    }

    /// <inheritdoc/>
    public void Canonicalize(ref LaneWorld state)
    {
        if (_c.Readers == 2)
        {
            ByteOrder.Sort(ref state.Readers[0], ref state.Readers[1]);
        }

        if (_c.Sinks == 2 && !_c.LatePolls)
        {
            ByteOrder.Sort(ref state.Sinks[0], ref state.Sinks[1]);
        }
    }

    private static RedisState EmptyRedis(byte promised) => new() { Cell = LaneWorld.None, Frontier = LaneWorld.None, Promised = promised };

    /// <summary>An empty lane that a keeper has settled in epoch 1.</summary>
    private static RedisState SettledRedis() =>
        new() { SlotEpoch = 1, Cell = LaneWorld.None, FrontierEpoch = 1, AppliedEpoch = 1, Applied = 1 };

    private static SlotView SlotOf(in RedisState redis) => new(redis.SlotEpoch, redis.Floor, redis.Cell);

    private static LaneView LaneOf(in RedisState redis) => new(redis.FrontierEpoch, redis.Frontier, redis.AppliedEpoch, redis.Applied);

    private static ValueView ValueOf(in RedisState redis) => new(redis.ValueEpoch, redis.Stamp, redis.Holds);

    private static byte Bit(int transaction) => (byte)(1 << transaction);

    private static bool Has(byte set, int transaction) => (set >> transaction & 1) == 1;

    private static void DropValue(ref RedisState redis) => (redis.ValueEpoch, redis.Stamp, redis.Holds) = (0, 0, 0);

    private byte Visible(in LaneWorld state) => InPhase(state, 2);

    private byte InFlight(in LaneWorld state) => InPhase(state, 1);

    private byte InPhase(in LaneWorld state, byte phase)
    {
        byte set = 0;
        for (var t = 0; t < _c.Transactions; t++)
        {
            if (state.Commit[t] == phase)
            {
                set |= Bit(t);
            }
        }

        return set;
    }
}
