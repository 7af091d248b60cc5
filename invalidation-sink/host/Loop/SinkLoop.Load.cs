using Streams.Cache.Protocol;
using Streams.InvalidationSink.Host.Observing;
using Streams.InvalidationSink.Lanes;
using Streams.InvalidationSink.Supervision;
using Streams.Postgres;

namespace Streams.InvalidationSink.Host.Loop;

/// <content>Where the sink begins, and begins again: the durable epoch, then what Redis holds.</content>
internal sealed partial class SinkLoop
{
    private async Task TryLoadAsync(CancellationToken stop)
    {
        if (time.GetUtcNow() < _retryAt)
        {
            return;
        }

        var topic = await parts.Topic.DescribeAsync();
        observers.Outages.Up(Dependency.Kafka);
        var store = parts.Stores(topic.Lanes);
        var durable = await parts.Primary.ReadEpochAsync(stop);
        var view = await parts.Primary.LookAsync(stop);
        observers.Outages.Up(Dependency.Postgres);
        var stored = await store.PollAsync([.. Enumerable.Range(0, topic.Lanes)], stop);
        observers.Outages.Up(Dependency.Redis);
        if (Reason(durable, new SinkFacts(durable, view.Identity, topic.Id, null), stored) is { } reason)
        {
            await parts.ReFloor.RunAsync(reason, durable?.Number, stop);
            return;
        }

        (_epoch, _store, _laneCount, _xmax) = (durable, store, topic.Lanes, view.Snapshot.Xmax);
        parts.Fence.Store = store;
        (_nextPoll, _nextLook) = (time.GetUtcNow(), time.GetUtcNow());
        _generation++;
        Log.Loaded(observers.Logger, durable!.Number, topic.Lanes, durable.Identity.ToString());
        await LoadLanesAsync(stop);
        _backOff = BackOffMin;
    }

    /// <summary>Loads lanes that were just assigned.</summary>
    private async Task LoadLanesAsync(CancellationToken stop)
    {
        var idle = _lanes.Values.Where(lane => lane.Phase == LanePhase.Idle).Select(lane => lane.Lane).ToList();
        if (idle.Count == 0)
        {
            return;
        }

        var stored = await _store!.PollAsync(idle, stop);
        if (stored.Any(state => SinkDecision.IsLost(state, _epoch!.Number)))
        {
            // Which of the two moved is found out from the beginning.
            Unload();
            return;
        }

        if (await parts.Scout.CheckAsync(stored, stop) is { } broken)
        {
            await ReFloorAsync(broken, stop);
            return;
        }

        _ = parts.Redelivery.BeginAsync(stored, _laneCount, stop);
        foreach (var state in stored)
        {
            await ExecuteAsync(LaneMachine.Load(_lanes[state.Lane], state, _epoch!.Number), stop);
        }
    }

    private async Task ReFloorAsync(ReFloorReason reason, CancellationToken stop)
    {
        var observed = _epoch?.Number;
        Unload();
        await parts.ReFloor.RunAsync(reason, observed, stop);
        _retryAt = time.GetUtcNow();
    }

    private static ReFloorReason? Reason(EpochRecord? durable, SinkFacts facts, IEnumerable<LaneState> stored) =>
        durable is null ? ReFloorReason.FirstStart
        : SinkDecision.Judge(durable, facts, false).ReFloor is { } reason ? reason
        : stored.Any(state => SinkDecision.IsLost(state, durable.Number)) ? ReFloorReason.RedisLost
        : null;
}
