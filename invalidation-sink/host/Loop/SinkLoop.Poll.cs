using System.Collections.Immutable;
using Streams.Cache.Protocol;
using Streams.Core.Errors;
using Streams.Core.Fencing;
using Streams.InvalidationSink.Host.Observing;
using Streams.InvalidationSink.Lanes;
using Streams.InvalidationSink.Supervision;
using Streams.Postgres;

namespace Streams.InvalidationSink.Host.Loop;

/// <content>POLL: at least every second, also when all lanes are idle [M10].</content>
internal sealed partial class SinkLoop
{
    private static readonly EpochRecord NoEpoch = new(0, default, "");

    private Task<PollAnswer>? _poll;
    private Task<(SinkFacts Facts, ImmutableArray<StreamsException> Faults)>? _facts;
    private DateTimeOffset _nextPoll;
    private int _nextSlot;

    private async Task PollAsync(CancellationToken stop)
    {
        if (_epoch is null)
        {
            return;
        }

        if (_poll is null && time.GetUtcNow() >= _nextPoll)
        {
            _poll = LookAroundAsync(stop);
            _nextPoll = time.GetUtcNow() + options.PollInterval;
        }

        if (_poll is { IsCompleted: true } done)
        {
            _poll = null;
            await HandleAsync(await done, stop);
        }
    }

    /// <summary>Only asks; changes nothing. The lanes' states are taken before Redis is asked, so that what is applied meanwhile is no rewind.</summary>
    private async Task<PollAnswer> LookAroundAsync(CancellationToken stop)
    {
        var (generation, epoch, store, slot) = (_generation, _epoch!.Number, _store!, _nextSlot);
        var asked = _lanes.Values.Where(lane => lane.Phase != LanePhase.Idle).ToImmutableDictionary(lane => lane.Lane);
        var (facts, faults) = await FactsInTimeAsync(stop);
        try
        {
            var stored = asked.IsEmpty ? [] : await store.PollAsync([.. asked.Keys], stop);
            var lost = await store.AuditFencesAsync(slot, Math.Min(options.AuditSlots, CacheSlot.Count - slot), epoch, stop);
            return new PollAnswer(generation, facts, asked, stored, lost, faults, null);
        }
        catch (StreamsException exception)
        {
            return new PollAnswer(generation, facts, asked, [], [], faults, exception);
        }
    }

    /// <summary>Redis is looked at in time even when Postgres or Kafka take long to fail; what they answer is used by a later poll.</summary>
    private async Task<(SinkFacts Facts, ImmutableArray<StreamsException> Faults)> FactsInTimeAsync(CancellationToken stop)
    {
        var asking = _facts ??= FactsAsync(stop);
        await Task.WhenAny(asking, Task.Delay(options.PollInterval, time, stop));
        if (!asking.IsCompleted)
        {
            return (new SinkFacts(null, null, null, null), []);
        }

        _facts = null;
        return await asking;
    }

    private async Task<(SinkFacts Facts, ImmutableArray<StreamsException> Faults)> FactsAsync(CancellationToken stop)
    {
        var faults = ImmutableArray.CreateBuilder<StreamsException>();
        var (durable, seen, slot) = (default(EpochRecord), default(DatabaseIdentity?), default(SlotState));
        try
        {
            durable = await parts.Primary.ReadEpochAsync(stop) ?? NoEpoch;
            seen = (await parts.Primary.LookAsync(stop)).Identity;
            slot = source.SlotName.Length > 0 ? await parts.Primary.SlotAsync(source.SlotName, stop) : null;
            observers.Outages.Up(Dependency.Postgres);
        }
        catch (StreamsException exception)
        {
            faults.Add(exception);
        }

        string? topic = null;
        try
        {
            topic = (await parts.Topic.DescribeAsync()).Id;
            observers.Outages.Up(Dependency.Kafka);
        }
        catch (StreamsException exception)
        {
            faults.Add(exception);
        }

        return (new SinkFacts(durable, seen, topic, slot), faults.ToImmutable());
    }

    private async Task HandleAsync(PollAnswer answer, CancellationToken stop)
    {
        if (answer.Generation != _generation || _epoch is null)
        {
            return;
        }

        answer.Faults.ToList().ForEach(fault => observers.Outages.Down(fault));
        if (answer.RedisFault is { } fault)
        {
            throw fault;
        }

        observers.Outages.Up(Dependency.Redis);
        if (answer.Facts.Slot is { } slot)
        {
            ShowSlot(!SinkDecision.IsConsistent(slot));
        }

        var verdict = SinkDecision.Judge(_epoch, answer.Facts, _lanes.Values.Any(lane => lane.Proven != Frontier.None));
        if (verdict.Reload)
        {
            Log.Reloading(observers.Logger, _epoch.Number);
            Unload();
        }
        else if (verdict.ReFloor is { } reason)
        {
            await ReFloorAsync(reason, stop);
        }
        else
        {
            await HandleLanesAsync(answer, stop);
        }
    }

    private async Task HandleLanesAsync(PollAnswer answer, CancellationToken stop)
    {
        _nextSlot = (_nextSlot + options.AuditSlots) % CacheSlot.Count;
        var durable = answer.Facts.Durable?.Number ?? _epoch!.Number;
        foreach (var state in answer.Stored)
        {
            // A step may have unloaded everything.
            if (_epoch is not null && _lanes.TryGetValue(state.Lane, out var lane))
            {
                var step = LaneMachine.Poll(lane, answer.Asked[state.Lane], state, durable);
                Note(lane, step);
                await ExecuteAsync(step, stop);
                Mark(state.Lane, step.Lane.Next);
            }
        }

        if (answer.Generation == _generation)
        {
            await RestoreAsync(answer.LostSlots, stop);
        }
    }

    /// <summary>Restoring compares in Redis with the lane's own position and epoch, so it may be asked for any lane's slots.</summary>
    private async Task RestoreAsync(ImmutableArray<int> slots, CancellationToken stop)
    {
        if (!slots.IsEmpty)
        {
            await _store!.RestoreFencesAsync(slots, _epoch!.Number, stop);
            Log.Restored(observers.Logger, slots.Length);
        }
    }

    private void Note(SinkLane before, LaneStep step)
    {
        if (step.Effects.OfType<LaneEffect.Read>().FirstOrDefault() is { } read && read.From < before.Next)
        {
            Log.Rewound(observers.Logger, before.Lane, read.From);
        }
    }

    private sealed record PollAnswer(
        int Generation,
        SinkFacts Facts,
        ImmutableDictionary<int, SinkLane> Asked,
        ImmutableArray<LaneState> Stored,
        ImmutableArray<int> LostSlots,
        ImmutableArray<StreamsException> Faults,
        StreamsException? RedisFault);
}
