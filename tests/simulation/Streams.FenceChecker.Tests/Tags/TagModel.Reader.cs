using Streams.FenceChecker.Tests.Engine;
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
        byte applied = 0;
        for (var lane = 0; lane < _c.Lanes; lane++)
        {
            for (var i = 0; i < state.Lengths[lane]; i++)
            {
                var record = state.Logs[lane][i];
                applied |= (byte)(Has(state.Applied[lane], i) && record / 4 == t ? 1 << (record % 4) : 0);
            }
        }

        if ((applied & DependsOn(state, key)) != 0)
        {
            return $"I1: T {t} is applied to an item that the value depends on, and a value without it can be hit";
        }

        return applied == _c.Touches[t] && Has(_c.Changes, t) ? $"I1: every record of T {t} is applied, and a value without it can be hit" : null;
    }

    private bool Hit(in TagWorld state, int key)
    {
        ref readonly var value = ref state.Values[key];
        if (value.Exists == 0)
        {
            return false;
        }

        Span<TagView> tags = stackalloc TagView[TagWorld.Width];
        var count = Tags(state, key, value.Holds, value.Stamps, tags);
        return _rules.MayHit(SlotOf(state, _c.Cell[key]), new ValueView(1, value.Stamps[_c.Lane[key]], value.Holds), tags[..count]);
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
        for (var key = 0; key < _c.Keys; key++)
        {
            var next = state;
            next.Readers[k] = new TagReader { Phase = 1, Key = (byte)key, Stamps = state.Frontiers };
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
            stamps[lane] = lane == keyLane ? stamps[lane] : state.Frontiers[lane];
        }

        var stored = state.Values[reader.Key];
        var value = new ValueView(stored.Exists, stored.Stamps[keyLane], stored.Holds);
        Span<TagView> tags = stackalloc TagView[TagWorld.Width];
        var count = Tags(state, reader.Key, reader.Holds, stamps, tags);
        var accepted = _rules.MayFill(SlotOf(state, _c.Cell[reader.Key]), value, new FillRequest(1, stamps[keyLane], true), tags[..count]);
        var next = state;
        next.Readers[k] = default;
        if (accepted)
        {
            next.Values[reader.Key] = new TaggedValue { Exists = 1, Holds = reader.Holds, Stamps = stamps };
        }

        steps.Progress(accepted ? "FILL of key" : "FILL refused, key", next, reader.Key, stamps[keyLane]);
    }
}
