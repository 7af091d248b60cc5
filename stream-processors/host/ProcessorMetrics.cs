using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Streams.Processors.Host;

/// <summary>Meter <c>Streams.Processors</c>; labels <c>topic</c> and, for parked records, <c>code</c>; for late rows <c>aggregate</c>.</summary>
internal sealed class ProcessorMetrics : IDisposable
{
    private readonly Meter _meter = new("Streams.Processors");
    private readonly Counter<long> _records;
    private readonly Counter<long> _events;
    private readonly Counter<long> _parked;
    private readonly Counter<long> _late;
    private readonly ConcurrentDictionary<(string Topic, int Partition), double> _lag = new();
    private int _inFlight;

    public ProcessorMetrics()
    {
        _records = _meter.CreateCounter<long>("streams_processors_records_total", description: "Raw records read");
        _events = _meter.CreateCounter<long>("streams_processors_events_total", description: "Invalidations sent");
        _parked = _meter.CreateCounter<long>("streams_processors_parked_total", description: "Records parked in the dead-letter topic");
        _late = _meter.CreateCounter<long>("streams_processors_late_rows_total", description: "Late rows reported, per aggregate; once for each window and direction, and again when repeated");
        _meter.CreateObservableGauge("streams_processors_lag_seconds", Lags, description: "Age of the newest change read, per topic; 0 at the end of the log");
        _meter.CreateObservableGauge("streams_processors_in_flight", () => Volatile.Read(ref _inFlight), description: "Raw records whose output is not acknowledged");
    }

    public void Read(string topic, int partition, double lagSeconds)
    {
        _records.Add(1, new KeyValuePair<string, object?>("topic", topic));
        _lag[(topic, partition)] = Math.Max(0, lagSeconds);
    }

    public void AtEnd(string topic, int partition) => _lag[(topic, partition)] = 0;

    public void NotMine(string topic, int partition) => _lag.TryRemove((topic, partition), out _);

    public void Sent(string topic, int events) => _events.Add(events, new KeyValuePair<string, object?>("topic", topic));

    public void Parked(string topic, string code) =>
        _parked.Add(1, new KeyValuePair<string, object?>("topic", topic), new KeyValuePair<string, object?>("code", code));

    public void Late(string aggregate, int rows)
    {
        if (rows > 0)
        {
            _late.Add(rows, new KeyValuePair<string, object?>("aggregate", aggregate));
        }
    }

    public void InFlight(int count) => Volatile.Write(ref _inFlight, count);

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<double>> Lags() =>
        from partition in _lag
        group partition.Value by partition.Key.Topic into topic
        select new Measurement<double>(topic.Max(), new KeyValuePair<string, object?>("topic", topic.Key));
}
