using Streams.Cache.Layout;
using Streams.Cache.Protocol;
using Streams.Cache.Reading;
using Streams.Cache.Store;
using Streams.Cache.Tests.Fixtures;
using Streams.Core.Fencing;
using Xunit;

namespace Streams.Cache.Tests.Store;

/// <summary>
/// What is decided in Lua is decided the same in C#: from random states and requests, the same answer and the same state after,
/// on a real Redis. A failure prints its seed; <c>STREAMS_SEED</c> repeats it.
/// </summary>
public sealed class ScriptsAgreeWithDecisionsTests(CacheRedis fixture) : IClassFixture<CacheRedis>
{
    private const int Rounds = 400;
    private readonly RedisFenceStore _store = new(fixture.Redis, ModelState.Lanes);

    [Fact]
    public Task Given_any_state_When_a_batch_is_applied_Then_the_script_does_what_the_decision_says() => EachAsync(async (random, state) =>
    {
        var batch = RandomBatch(random);
        var expected = Apply(state, batch);
        var answer = await _store.ApplyAsync(batch, CancellationToken.None);
        return (expected, Text(answer));
    });

    [Fact]
    public Task Given_any_state_When_a_value_is_filled_Then_the_script_does_what_the_decision_says() => EachAsync(async (random, state) =>
    {
        var key = Pick(random, ModelState.Keys);
        var tags = ModelState.Tags.Where(_ => random.Next(2) == 0).ToArray();
        var stamps = Enumerable.Range(0, ModelState.Lanes).Select(_ => (long)random.Next(-1, 10)).ToArray();
        var value = ModelState.Value(random);
        var lane = ModelState.LaneOf(key);
        var outcome = FillDecision.Decide(
            2, stamps[lane], state.Fence(key), [.. tags.Select(tag => new TagState(stamps[ModelState.LaneOf(tag)], state.Fence(tag)))], state.Seen(key, lane));
        state.Values[key] = outcome == FillOutcome.Accepted ? value : state.Values[key];

        var answer = await new FencedValues(fixture.Redis).FillAsync(
            ReadPlan.For(key, tags, ModelState.Lanes), 2, [.. stamps.Select((offset, l) => new Stamp(l, offset))], value, TimeSpan.FromMinutes(1));
        return (outcome.ToString(), answer.ToString());
    });

    [Fact]
    public Task Given_any_state_When_a_frontier_is_published_Then_the_script_does_what_the_decision_says() => EachAsync(async (random, state) =>
    {
        var (lane, frontier) = (random.Next(ModelState.Lanes), new Frontier(2, random.Next(5) == 0 ? Frontier.None : random.Next(-1, 9)));
        var published = FrontierDecision.Publish(state.Frontiers[lane], frontier);
        state.Frontiers[lane] = published ?? state.Frontiers[lane];
        return ((published is not null).ToString(), (await _store.PublishFrontierAsync(lane, frontier, CancellationToken.None)).ToString());
    });

    [Fact]
    public Task Given_any_state_When_it_is_refloored_Then_each_piece_moves_only_if_older() => EachAsync(
        async (random, state) =>
        {
            long[] next = [random.Next(9), random.Next(9)];
            foreach (var slot in ModelState.Slots)
            {
                state.Tables[slot] = ReFloorDecision.Replaces(state.Tables[slot]?.Epoch, 2) ? Table.At(2, next[slot % 2] - 1) : state.Tables[slot];
            }

            foreach (var lane in Enumerable.Range(0, ModelState.Lanes))
            {
                state.Frontiers[lane] = ReFloorDecision.Published(state.Frontiers[lane], 2);
                state.Applied[lane] = ReFloorDecision.Applied(state.Applied[lane], 2, next[lane]);
            }

            await _store.ReFloorAsync(2, next, CancellationToken.None);
            return ("", "");
        },
        rounds: 20);

    [Fact]
    public Task Given_any_state_When_fences_are_restored_Then_only_lost_ones_come_back() => EachAsync(async (_, state) =>
    {
        foreach (var slot in ModelState.Slots)
        {
            var table = state.Tables[slot];
            var stored = table?.Epoch is { } epoch ? new FenceCell(epoch, table.Floor) : (FenceCell?)null;
            if (ReFloorDecision.Restore(stored, state.Applied[slot % ModelState.Lanes], 2) is { } restored && restored != stored)
            {
                state.Tables[slot] = table?.Epoch == 2 ? table with { Floor = restored.Version } : Table.At(2, restored.Version!.Value);
            }
        }

        await _store.RestoreFencesAsync([.. ModelState.Slots], 2, CancellationToken.None);
        return ("", "");
    });

    private async Task EachAsync(Func<Random, ModelState, Task<(string Expected, string Actual)>> step, int rounds = Rounds)
    {
        var first = int.TryParse(Environment.GetEnvironmentVariable("STREAMS_SEED"), out var wanted) ? wanted : Environment.TickCount & 0xFFFFFF;
        for (var seed = first; seed < first + rounds; seed++)
        {
            await fixture.EmptyAsync();
            var random = new Random(seed);
            var state = ModelState.Random(random);
            var before = state.Lines().ToArray();
            await state.WriteAsync(fixture.Database);
            var (expected, actual) = await step(random, state);
            var after = await ModelState.ReadAsync(fixture.Database);
            var problem = $"STREAMS_SEED={seed}\nbefore\n{string.Join('\n', before)}\nexpected {expected}\n{string.Join('\n', state.Lines())}\n"
                + $"actual {actual}\n{string.Join('\n', after.Lines())}";
            Assert.True(expected == actual && state.Lines().SequenceEqual(after.Lines()), problem);
        }
    }

    private static ApplyBatch RandomBatch(Random random)
    {
        var lane = random.Next(ModelState.Lanes);
        var targets = ModelState.Keys.Concat(ModelState.Tags).Where(target => ModelState.LaneOf(target) == lane).ToArray();
        var first = random.Next(6);
        var offset = first;
        var records = Enumerable.Range(0, targets.Length == 0 ? 0 : random.Next(4))
            .Select(_ => Record(random, Pick(random, targets), offset += random.Next(1, 3)))
            .ToArray();
        return new ApplyBatch(lane, 2, first, offset + 1, random.Next(2) == 0 ? null : random.Next(5), [.. records]);
    }

    private static Invalidation Record(Random random, string target, long offset) =>
        new(offset, target, ModelState.Tags.Contains(target), random.Next(3) == 0 ? null : (ulong)random.Next(1, 10));

    private static string Apply(ModelState state, ApplyBatch batch)
    {
        var applied = state.Applied[batch.Lane];
        var foreign = batch.Records.Select(record => state.Fence(record.Target)).FirstOrDefault(cell => cell is { } fence && fence.Epoch != batch.Epoch);
        switch (ApplyDecision.Admit(batch.Epoch, batch.First, applied, batch.Records.Select(record => state.Fence(record.Target))))
        {
            case ApplyAdmission.Lost: return "Lost";
            case ApplyAdmission.Rewind: return $"Rewind {applied!.Value.Next}";
            case ApplyAdmission.Foreign: return $"Foreign {(applied!.Value.Epoch != batch.Epoch ? applied.Value.Epoch : foreign!.Value.Epoch)}";
        }

        foreach (var record in batch.Records)
        {
            var slot = CacheSlot.Of(record.Target);
            var raised = ApplyDecision.Raise(state.Fence(record.Target), applied!.Value, record.Offset);
            var table = state.Tables[slot.Number] ??= Table.At(batch.Epoch, applied.Value.Next - 1);
            table.Cells[slot.Cell] = raised.Version;
        }

        var removed = new List<string>();
        foreach (var record in batch.Records.Where(record => !record.IsTag))
        {
            if (state.Seen(record.Target, batch.Lane) is { } value && !ApplyDecision.Keeps(value, batch.Epoch, record.Offset, record.Xid))
            {
                removed.Add(record.Target);
                state.Values[record.Target] = null;
            }
        }

        state.Applied[batch.Lane] = ApplyDecision.Advance(applied!.Value, batch.Next, batch.LeaderEpoch);
        return $"Applied {string.Join(',', removed)}";
    }

    private static string Text(ApplyResult result) => result switch
    {
        ApplyResult.Applied applied => $"Applied {string.Join(',', applied.Removed)}",
        ApplyResult.Foreign foreign => $"Foreign {foreign.StoredEpoch}",
        ApplyResult.Rewind rewind => $"Rewind {rewind.Next}",
        _ => "Lost",
    };

    private static T Pick<T>(Random random, IReadOnlyList<T> items) => items[random.Next(items.Count)];
}
