using Streams.InvalidationSink.Host.Background;
using Streams.InvalidationSink.Host.Kafka;
using Streams.InvalidationSink.Host.Observing;
using Streams.InvalidationSink.Lanes;
using Streams.InvalidationSink.Supervision;
using Streams.Schemas;

namespace Streams.InvalidationSink.Host.Loop;

/// <content>APPLY, and the effects of lane steps.</content>
internal sealed partial class SinkLoop
{
    private async Task ApplyAsync(LaneRead read, CancellationToken stop)
    {
        var work = read.Records
            .Where(lane => _lanes.TryGetValue(lane.Key, out var state) && state.Phase == LanePhase.Applying)
            .Select(lane => parts.Applier.ApplyAsync(_lanes[lane.Key], lane.Value, _store!, _laneCount, _xmax, stop))
            .ToList();
        if (work.Count == 0)
        {
            return;
        }

        var outcomes = await Task.WhenAll(work);
        observers.Outages.Up(Dependency.Registry);
        if (outcomes.Any(outcome => outcome.Step is null))
        {
            await ReFloorAsync(ReFloorReason.Poison, stop);
            return;
        }

        foreach (var outcome in outcomes)
        {
            Report(outcome);
            await ExecuteAsync(outcome.Step!.Value, stop);
        }

        _lookNow = true;
    }

    private void Report(LaneOutcome outcome)
    {
        if (outcome.Batch is not { } batch)
        {
            return;
        }

        var removed = outcome.Removed.ToHashSet(StringComparer.Ordinal);
        observers.Metrics.Applied(batch.Lane, batch.Records.Length, removed.Count);
        foreach (var (record, applied) in outcome.Records.Zip(batch.Records))
        {
            if (record.IsTag)
            {
                parts.Reaper.Add(record.Target, batch.Lane, record.Offset);
            }

            if (record.Event is { } change)
            {
                observers.Metrics.Gone(change);
                parts.Auditor.Offer(new AuditSample(batch.Epoch, batch.Lane, applied, change.rule));
                // Once per key and batch, when the frontier has passed all of it: earlier fills would be refused.
                if (change.strategy == Strategy.REFRESH && removed.Remove(record.Target))
                {
                    parts.Refresher.Add(batch.Lane, batch.Next - 1, change);
                }
            }
        }

        Mark(batch.Lane, batch.Next);
    }

    private void Mark(int lane, long applied)
    {
        if (parts.Reaper.Reaped(lane, applied) is { } done)
        {
            parts.Log.Mark(lane, done);
        }
    }

    private async Task ExecuteAsync(LaneStep step, CancellationToken stop)
    {
        _lanes[step.Lane.Lane] = step.Lane;
        foreach (var effect in step.Effects)
        {
            await ExecuteAsync(step.Lane, effect, stop);
        }
    }

    private async Task ExecuteAsync(SinkLane lane, LaneEffect effect, CancellationToken stop)
    {
        switch (effect)
        {
            case LaneEffect.Read read:
                if (!parts.Log.Position(lane.Lane, read.From, read.LeaderEpoch))
                {
                    _lanes[lane.Lane] = SinkLane.Assigned(lane.Lane);
                }

                break;
            case LaneEffect.Publish publish:
                await PublishAsync(lane, publish, stop);
                break;
            case LaneEffect.PollNow:
                _nextPoll = time.GetUtcNow();
                break;
            case LaneEffect.Reload:
                Log.Reloading(observers.Logger, lane.Epoch);
                Unload();
                break;
            case LaneEffect.ReFloor:
                await ReFloorAsync(ReFloorReason.RedisLost, stop);
                break;
        }
    }

    private async Task PublishAsync(SinkLane lane, LaneEffect.Publish publish, CancellationToken stop)
    {
        if (await _store!.PublishFrontierAsync(lane.Lane, publish.Frontier, stop))
        {
            parts.Refresher.Proven(lane.Lane, publish.Frontier.Offset);
        }
        else
        {
            await ExecuteAsync(LaneMachine.RefusePublish(lane), stop);
        }
    }
}
