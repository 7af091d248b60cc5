using Streams.FenceChecker.Tests.Engine;
using Streams.FenceChecker.Tests.Lane;
using Streams.FenceChecker.Tests.Rules;

namespace Streams.FenceChecker.Tests.Tags;

/// <summary>READ of all lanes, snapshot, FILL; HIT with tags; the invariants.</summary>
public sealed partial class TagModel
{
    /// <inheritdoc/>
    public string? Violation(in TagWorld state)
    {
        for (var key = 0; key < _c.Keys; key++)
        {
            if (!Hit(state, key))
            {
                continue;
            }

            for (var t = 0; t < _c.Transactions; t++)
            {
                if (!Has(state.Values[key].Holds, t) && Missing(state, key, t) is { } reason)
                {
                    return reason;
                }
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public bool IsGood(in TagWorld state)
    {
        for (var key = 0; key < _c.Keys; key++)
        {
            if (!Hit(state, key))
            {
                return false;
            }

            for (var t = 0; t < _c.Transactions; t++)
            {
                var concerns = (_c.Touches[t] & DependsOn(state, key)) != 0 || Has(_c.Changes, t);
                if (state.Commit[t] == 1 || (state.Commit[t] == 2 && concerns && !Has(state.Values[key].Holds, t)))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private byte DependsOn(in TagWorld state, int key) => (byte)(1 << key | TagsOf(state.Values[key].Holds));

    private string? Missing(in TagWorld state, int key, int t)
    {
        var applied = state.Promised[t];
        if ((applied & DependsOn(state, key)) != 0)
        {
            return $"I1: T {t} is applied to an item that the value depends on, and a value without it can be hit";
        }

        if (state.SlotEpochs[_c.Cell[key]] == state.Durable && state.Commit[t] == 2 && (state.Lost[t] & DependsOn(state, key)) != 0 && state.Phase != ReFloorPhase.Due)
        {
            return $"I3: a record of T {t} is lost from its lane, and a value without it can be hit after the re-floor";
        }

        return applied == _c.Touches[t] && Has(_c.Changes, t) ? $"I1: every record of T {t} is applied, and a value without it can be hit" : null;
    }

    private bool Hit(in TagWorld state, int key)
    {
        ref readonly var value = ref state.Values[key];
        if (value.Epoch == 0)
        {
            return false;
        }

        Span<TagView> tags = stackalloc TagView[TagWorld.Width];
        var count = Tags(state, key, value.Holds, value.Stamps, tags);
        return _rules.MayHit(SlotOf(state, _c.Cell[key]), new ValueView(value.Epoch, value.Stamps[_c.Lane[key]], value.Holds), tags[..count]);
    }

    private int Tags(in TagWorld state, int key, byte holds, in Triple stamps, Span<TagView> tags)
    {
        var count = 0;
        for (var item = _c.Keys; item < Items; item++)
        {
            if (Has(TagsOf(holds), item))
            {
                tags[count++] = new TagView(SlotOf(state, _c.Cell[item]), _rules.StampFor(stamps, _c.Lane[item], _c.Lane[key]));
            }
        }

        return count;
    }

    private void Reader(in TagWorld state, int k, Steps<TagWorld> steps)
    {
        var reader = state.Readers[k];
        var next = state;
        switch (reader.Phase)
        {
            case 0:
                Look(state, k, steps);
                break;
            case 1:
                next.Readers[k].Phase = 2;
                next.Readers[k].Holds = Visible(state);
                steps.Progress("snapshot by reader", next, k, next.Readers[k].Holds);
                break;
            default:
                Fill(state, k, steps);
                break;
        }
    }

    private void Look(in TagWorld state, int k, Steps<TagWorld> steps)
    {
        Span<LaneView> lanes = stackalloc LaneView[_c.Lanes];
        for (var lane = 0; lane < lanes.Length; lane++)
        {
            lanes[lane] = LaneOf(state, lane);
        }

        for (var key = 0; key < _c.Keys; key++)
        {
            if (_rules.ReadAll(lanes, _c.Lane[key]) is not { } epoch)
            {
                continue;
            }

            var next = state;
            next.Readers[k] = new TagReader { Phase = 1, Key = (byte)key, Epoch = epoch, Stamps = state.Frontiers };
            if (Hit(state, key))
            {
                steps.Chance("READ: V of all lanes, key", next, key);
            }
            else
            {
                steps.Progress("READ: V of all lanes, key", next, key);
            }
        }
    }

    private void Fill(in TagWorld state, int k, Steps<TagWorld> steps)
    {
        var reader = state.Readers[k];
        var keyLane = _c.Lane[reader.Key];
        var stamps = reader.Stamps;
        for (var lane = 0; lane < _c.Lanes && !_rules.TagFrontiersBeforeSnapshot; lane++)
        {
            stamps[lane] = lane == keyLane || state.Frontiers[lane] == LaneWorld.None ? stamps[lane] : state.Frontiers[lane];
        }

        var stored = state.Values[reader.Key];
        var value = new ValueView(stored.Epoch, stored.Stamps[keyLane], stored.Holds);
        Span<TagView> tags = stackalloc TagView[TagWorld.Width];
        var count = Tags(state, reader.Key, reader.Holds, stamps, tags);
        var accepted = _rules.MayFill(SlotOf(state, _c.Cell[reader.Key]), value, new FillRequest(reader.Epoch, stamps[keyLane], true), tags[..count]);
        var next = state;
        next.Readers[k] = default;
        if (accepted)
        {
            next.Values[reader.Key] = new TaggedValue { Epoch = reader.Epoch, Holds = reader.Holds, Stamps = stamps };
        }

        steps.Progress(accepted ? "FILL of key" : "FILL refused, key", next, reader.Key, stamps[keyLane]);
    }
}
