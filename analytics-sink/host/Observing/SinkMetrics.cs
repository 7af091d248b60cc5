using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Streams.AnalyticsSink.Host.Observing;

/// <summary>What the sink measures: meter <c>Streams.AnalyticsSink</c>.</summary>
internal sealed class SinkMetrics : IDisposable
{
    private readonly Meter _meter = new("Streams.AnalyticsSink");
    private readonly Counter<long> _records;
    private readonly Counter<long> _written;
    private readonly Counter<long> _passed;
    private readonly Counter<long> _parked;
    private readonly Histogram<double> _batch;
    private readonly ConcurrentDictionary<string, DateTime> _asOf = new();

    /// <summary>Publishes the instruments; gauges ask <paramref name="status"/>.</summary>
    public SinkMetrics(SinkStatus status, TimeProvider time)
    {
        _records = _meter.CreateCounter<long>("streams_analytics_records_total", description: "Records read, by aggregate");
        _written = _meter.CreateCounter<long>("streams_analytics_rows_written_total", description: "Rows inserted or replaced, by aggregate");
        _passed = _meter.CreateCounter<long>("streams_analytics_rows_passed_total", description: "Rows not written, by aggregate and reason: definition, gate, version (older than what is held, or replaced in its batch)");
        _parked = _meter.CreateCounter<long>("streams_analytics_parked_total", description: "Records parked, by error code");
        _batch = _meter.CreateHistogram<double>("streams_analytics_batch_seconds", description: "Time of one transaction, by aggregate");
        _meter.CreateObservableGauge(
            "streams_analytics_lag_records",
            () => status.Partitions.Select(at => new Measurement<long>(at.Lag, new("aggregate", at.Aggregate), new("partition", at.Partition))),
            description: "Records not yet written, by aggregate and partition");
        _meter.CreateObservableGauge(
            "streams_analytics_as_of_age_seconds",
            () => _asOf.Select(at => new Measurement<double>(Math.Max(0, (time.GetUtcNow().UtcDateTime - at.Value).TotalSeconds), new KeyValuePair<string, object?>("aggregate", at.Key))),
            description: "How old the commit is as of which an aggregate is served");
    }

    public void Wrote(string aggregate, int records, WriteResult result, double seconds)
    {
        var tag = new KeyValuePair<string, object?>("aggregate", aggregate);
        _records.Add(records, tag);
        _written.Add(result.Written, tag);
        _passed.Add(result.Refused, tag, new("reason", "gate"));
        _passed.Add(result.Older, tag, new("reason", "version"));
        _batch.Record(seconds, tag);
    }

    public void OfAnotherDefinition(string aggregate, int records) => _passed.Add(records, new("aggregate", aggregate), new("reason", "definition"));

    public void Parked(string code) => _parked.Add(1, new KeyValuePair<string, object?>("code", code));

    public void ServedAsOf(string aggregate, DateTime asOf) => _asOf[aggregate] = asOf;

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}

/// <summary>What became of the rows of one transaction.</summary>
/// <param name="Written">Inserted or replaced.</param>
/// <param name="Refused">Not taken by the gate.</param>
/// <param name="Older">Not above what is held.</param>
internal readonly record struct WriteResult(int Written, int Refused, int Older);
