using Streams.Cache.Protocol;
using Streams.FenceChecker.Tests.Engine;
using Streams.FenceChecker.Tests.Lane;
using Streams.FenceChecker.Tests.Rules;

namespace Streams.FenceChecker.Tests.Tags;

/// <summary>
/// Keys and tags that share fence cells and are spread over lanes. Sinks are as bad as can be: they apply any record of a lane, in any order,
/// any number of times; crashes and losses are <see cref="LaneModel"/>'s business. A truncation of one lane re-floors all of them.
/// </summary>
public sealed partial class TagModel(TagConfiguration configuration) : IModel<TagWorld>
{
    private readonly TagConfiguration _c = configuration;
    private readonly ProtocolRules _rules = configuration.Rules;

    /// <inheritdoc/>
    public TagWorld Initial
    {
        get
        {
            var state = new TagWorld { Durable = 1 };
            ((Span<byte>)state.SlotEpochs).Fill(1);
            ((Span<byte>)state.FrontierEpochs).Fill(1);
            return state;
        }
    }

    private int Items => _c.Lane.Length;

    /// <inheritdoc/>
    public void Expand(in TagWorld state, Steps<TagWorld> steps)
    {
        for (var t = 0; t < _c.Transactions; t++)
        {
            Database(state, t, steps);
        }

        ReFloor(state, steps);
        for (var lane = 0; lane < _c.Lanes; lane++)
        {
            Barrier(state, lane, steps);
            Truncate(state, lane, steps);
            Prove(state, lane, steps);
            for (var offset = 1; offset <= state.Lengths[lane]; offset++)
            {
                Apply(state, lane, (byte)offset, steps);
            }
        }

        for (var key = 0; key < _c.Keys; key++)
        {
            if (state.Values[key].Epoch != 0)
            {
                var next = state;
                next.Values[key] = default;
                steps.Chance("value evicted, key", next, key);
            }
        }

        for (var k = 0; k < _c.Readers; k++)
        {
            Reader(state, k, steps);
        }
    }

    /// <inheritdoc/>
    public void Canonicalize(ref TagWorld state)
    {
        if (_c.Readers == 2)
        {
            ByteOrder.Sort(ref state.Readers[0], ref state.Readers[1]);
        }
    }

    private static bool Has(byte set, int member) => (set >> member & 1) == 1;

    private static SlotView SlotOf(in TagWorld state, int cell) =>
        new(state.SlotEpochs[cell], state.Floors[cell], state.Cells[cell] == 0 ? LaneWorld.None : state.Cells[cell]);

    private static LaneView LaneOf(in TagWorld state, int lane) =>
        new(state.FrontierEpochs[lane], state.Frontiers[lane], state.Durable, (byte)(state.Floors[lane] + 1));

    private byte Visible(in TagWorld state)
    {
        byte set = 0;
        for (var t = 0; t < _c.Transactions; t++)
        {
            set |= (byte)(state.Commit[t] == 2 ? 1 << t : 0);
        }

        return set;
    }

    private byte TagsOf(byte holds) => Has(holds, _c.Mover) ? _c.TagsAfter : _c.TagsBefore;

    private void Database(in TagWorld state, int t, Steps<TagWorld> steps)
    {
        var next = state;
        next.Commit[t]++;
        if (state.Commit[t] == 0)
        {
            steps.Chance("commit record of T", next, t);
            return;
        }

        if (state.Commit[t] == 1)
        {
            steps.Progress("visible: T", next, t);
        }

        for (var item = 0; item < Items; item++)
        {
            if (Has(_c.Touches[t], item) && !Has(state.Emitted[t], item))
            {
                next = state;
                next.Emitted[t] |= (byte)(1 << item);
                var lane = _c.Lane[item];
                next.Logs[lane][next.Lengths[lane]++] = (byte)((t * 4) + item);
                steps.Progress(item < _c.Keys ? "emit key for T" : "emit tag for T", next, t, item);
            }
        }
    }

    private void Prove(in TagWorld state, int lane, Steps<TagWorld> steps)
    {
        if (state.Phase == ReFloorPhase.Due || state.Barriers[lane] != BarrierPhase.None || state.FrontierEpochs[lane] != state.Durable)
        {
            return;
        }

        Span<byte> transactions = stackalloc byte[state.Lengths[lane]];
        for (var i = 0; i < transactions.Length; i++)
        {
            transactions[i] = (byte)(state.Logs[lane][i] / 4);
        }

        var proven = _rules.Prove(state.Frontiers[lane], transactions, Visible(state));
        if (proven != state.Frontiers[lane])
        {
            var next = state;
            next.Frontiers[lane] = proven;
            steps.Progress("V published for lane", next, lane, proven);
        }
    }

    private void Apply(in TagWorld state, int lane, byte offset, Steps<TagWorld> steps)
    {
        var record = state.Logs[lane][offset - 1];
        var (transaction, item) = (record / 4, record % 4);
        var next = state;
        var cell = _c.Cell[item];
        if (state.Phase == ReFloorPhase.Due || state.FrontierEpochs[lane] != state.Durable
            || _rules.Admit([SlotOf(state, cell)], LaneOf(state, lane), state.Durable, 1) != ApplyAdmission.Proceed)
        {
            return;
        }

        next.Cells[cell] = _rules.Raise(SlotOf(state, cell), LaneOf(state, lane), offset).Cell;
        if (item < _c.Keys && state.Values[item].Epoch != 0)
        {
            var value = state.Values[item];
            if (_rules.Removes(SlotOf(next, cell), new ValueView(value.Epoch, value.Stamps[lane], value.Holds), offset, (byte)transaction))
            {
                next.Values[item] = default;
            }
        }

        next.Promised[transaction] |= (byte)(1 << item);
        steps.Progress("APPLY in lane", next, lane, offset);
    }
}
