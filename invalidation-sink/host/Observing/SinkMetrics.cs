using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Streams.InvalidationSink.Measuring;
using Streams.InvalidationSink.Supervision;
using Streams.Schemas;

namespace Streams.InvalidationSink.Host.Observing;

/// <summary>What the sink measures: meter <c>Streams.InvalidationSink</c>, and staleness of the last minute for people.</summary>
internal sealed class SinkMetrics : IDisposable
{
    private readonly Meter _meter = new("Streams.InvalidationSink");
    private readonly TimeProvider _time;
    private readonly Histogram<double> _staleness;
    private readonly Counter<long> _applied;
    private readonly Counter<long> _removed;
    private readonly Counter<long> _reFloors;
    private readonly Counter<long> _reaped;
    private readonly Counter<long> _parked;
    private readonly Counter<long> _refreshed;
    private readonly Counter<long> _audited;
    private readonly Counter<long> _survivors;
    private readonly ConcurrentDictionary<string, StalenessWindow> _windows = new();
    private readonly StalenessWindow _all;

    /// <summary>Publishes the instruments; gauges ask <paramref name="status"/>.</summary>
    public SinkMetrics(TimeProvider time, SinkStatus status)
    {
        (_time, _all) = (time, new StalenessWindow(time));
        _staleness = _meter.CreateHistogram<double>("streams_cache_staleness_seconds", description: "Commit to key gone, by rule and table");
        _applied = _meter.CreateCounter<long>("streams_sink_applied_total", description: "Invalidation records applied, by lane");
        _removed = _meter.CreateCounter<long>("streams_sink_removed_total", description: "Keys removed by APPLY, by lane");
        _reFloors = _meter.CreateCounter<long>("streams_sink_refloors_total", description: "New epochs begun by this instance, by reason");
        _reaped = _meter.CreateCounter<long>("streams_sink_reaped_total", description: "Members of tags removed by the reaper");
        _parked = _meter.CreateCounter<long>("streams_sink_parked_total", description: "Records parked, by error code");
        _refreshed = _meter.CreateCounter<long>("streams_sink_refreshed_total", description: "Values read again, by result");
        _audited = _meter.CreateCounter<long>("streams_sink_audited_total", description: "Looks of the auditor, by rule");
        _survivors = _meter.CreateCounter<long>("streams_sink_survivors_total", description: "Stale values found by the auditor, by rule");
        _meter.CreateObservableGauge("streams_sink_epoch", () => status.Snapshot.Epoch ?? 0, description: "Epoch that this instance works under; 0 = none");
        _meter.CreateObservableGauge("streams_sink_frontier_age_seconds", () => status.Snapshot.FrontierAgeSeconds, description: "How long the oldest unproven record has waited");
        _meter.CreateObservableGauge("streams_sink_slot_missing", () => status.Snapshot.SlotMissing ? 1 : 0, description: "1 while the replication slot is missing or lost");
        _meter.CreateObservableGauge(
            "streams_sink_lag_records",
            () => status.Snapshot.Lanes.Select(lane => new Measurement<long>(lane.Lag ?? 0, new KeyValuePair<string, object?>("lane", lane.Lane))),
            description: "Records not yet applied, by lane");
    }

    /// <summary>Staleness of the last minute by rule; the empty name is all of them.</summary>
    public IEnumerable<KeyValuePair<string, StalenessSummary>> Staleness() =>
        _windows.Select(window => KeyValuePair.Create(window.Key, window.Value.Summary())).Prepend(KeyValuePair.Create("", _all.Summary()));

    public void Applied(int lane, int records, int removed)
    {
        var tag = new KeyValuePair<string, object?>("lane", lane);
        _applied.Add(records, tag);
        _removed.Add(removed, tag);
    }

    /// <summary>The target of this event is gone as of now.</summary>
    public void Gone(InvalidationEvent change)
    {
        if (change.op == Operation.READ)
        {
            return;
        }

        var seconds = Math.Max(0, (_time.GetUtcNow().UtcDateTime - change.commitTime).TotalSeconds);
        _staleness.Record(seconds, new("rule", change.rule), new("table", change.entity));
        _all.Add(seconds);
        _windows.GetOrAdd(change.rule, _ => new StalenessWindow(_time)).Add(seconds);
    }

    public void ReFloored(ReFloorReason reason) => _reFloors.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));

    public void Reaped(int members) => _reaped.Add(members);

    public void Parked(string code) => _parked.Add(1, new KeyValuePair<string, object?>("code", code));

    public void Refreshed(string result) => _refreshed.Add(1, new KeyValuePair<string, object?>("result", result));

    public void Audited(string rule) => _audited.Add(1, new KeyValuePair<string, object?>("rule", rule));

    public void Survived(string rule) => _survivors.Add(1, new KeyValuePair<string, object?>("rule", rule));

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
