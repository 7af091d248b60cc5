using Streams.FenceChecker.Tests.Engine;
using Streams.FenceChecker.Tests.Rules;
using Streams.FenceChecker.Tests.Tags;

namespace Streams.FenceChecker.Tests.Mutants;

/// <summary>Rules of tags and of several lanes, removed one by one.</summary>
public static class TagMutants
{
    /// <summary>In the order of their numbers.</summary>
    public static IEnumerable<Mutant> All =>
    [
        Of("M15-lanes", "frontiers of one reply are of one epoch: each lane is looked at by itself", TagScenarios.TagTwice, new TornFrontiers()),
        Of("M15-tag", "HIT compares the epoch of a tag's table: does not", TagScenarios.KeyAndTag with { Truncations = 1 }, new TagEpochIgnored()),
        Of("M17", "a fence cell belongs to one lane: two lanes share one", TagScenarios.SharedCell with { Lanes = 2, Lane = [0, 1] }, new ProtocolRules(), Verdict.Dead),
        Of("M18", "HIT checks the tags' fences: does not", TagScenarios.KeyAndTag, new HitIgnoresTags()),
        Of("M19", "one stamp per lane: the key's for all", TagScenarios.KeyAndTag, new OneStamp()),
        Of("M19-minimum", "one stamp per lane: the lowest for all", TagScenarios.KeyAndTag, new LowestStamp(), Verdict.Dead),
        Of("M20", "V of every lane before the snapshot: the tag's later", TagScenarios.KeyAndTag, new TagFrontierLate()),
        Of("M20-moving", "V of every lane before the snapshot: of tags known only after the read", TagScenarios.MovingRow, new TagFrontierLate()),
        Of("M21", "old and new tag: only the new", TagScenarios.MovingRow with { Touches = [0b100, 0b010, 0b100] }, new ProtocolRules()),
    ];

    private static Mutant Of(string rule, string what, TagConfiguration world, ProtocolRules rules, Verdict expected = Verdict.Unsafe) =>
        Mutant.Of(rule, what, new TagModel(world with { Rules = rules }), expected);

    private sealed class TornFrontiers : ProtocolRules
    {
        public override byte? ReadAll(ReadOnlySpan<LaneView> lanes, int keyLane)
        {
            foreach (var lane in lanes)
            {
                if (base.ReadAll([lane], 0) is null)
                {
                    return null;
                }
            }

            return lanes[keyLane].FrontierEpoch;
        }
    }

    private sealed class TagEpochIgnored : ProtocolRules
    {
        public override bool MayHit(SlotView slot, ValueView value, ReadOnlySpan<TagView> tags)
        {
            var same = new TagView[tags.Length];
            for (var i = 0; i < same.Length; i++)
            {
                same[i] = tags[i] with { Fence = tags[i].Fence with { Epoch = value.Epoch } };
            }

            return base.MayHit(slot, value, same);
        }
    }

    private sealed class HitIgnoresTags : ProtocolRules
    {
        public override bool MayHit(SlotView slot, ValueView value, ReadOnlySpan<TagView> tags) => base.MayHit(slot, value, []);
    }

    private sealed class OneStamp : ProtocolRules
    {
        public override byte StampFor(ReadOnlySpan<byte> stamps, int lane, int keyLane) => stamps[keyLane];
    }

    private sealed class LowestStamp : ProtocolRules
    {
        public override byte StampFor(ReadOnlySpan<byte> stamps, int lane, int keyLane) => Math.Min(stamps[lane], stamps[keyLane]);
    }

    private sealed class TagFrontierLate : ProtocolRules
    {
        public override bool TagFrontiersBeforeSnapshot => false;
    }
}
