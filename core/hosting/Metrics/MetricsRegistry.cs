using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace Streams.Hosting.Metrics;

/// <summary>
/// Collects every instrument whose meter is named <c>Streams.*</c> and writes it in the Prometheus text format 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/). Series are kept per instrument and label set.
/// </summary>
public sealed class MetricsRegistry : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, Instrument> _instruments = new();
    private readonly ConcurrentDictionary<(string Name, string Labels), Histogram> _histograms = new();
    private readonly ConcurrentDictionary<(string Name, string Labels), double> _values = new();

    /// <summary>Starts listening at once.</summary>
    public MetricsRegistry()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name.StartsWith("Streams.", StringComparison.Ordinal))
            {
                _instruments[instrument.Name] = instrument;
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>All series as Prometheus text.</summary>
    public string Render()
    {
        _listener.RecordObservableInstruments();
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        foreach (var (name, instrument) in _instruments.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            output.Write($"# HELP {name} {instrument.Description}\n# TYPE {name} {TypeOf(instrument)}\n");
            foreach (var ((_, labels), value) in _values.Where(pair => pair.Key.Name == name).OrderBy(pair => pair.Key.Labels, StringComparer.Ordinal))
            {
                var braces = labels.Length > 0 ? $"{{{labels}}}" : "";
                output.Write(string.Create(CultureInfo.InvariantCulture, $"{name}{braces} {value}\n"));
            }

            foreach (var ((_, labels), histogram) in _histograms.Where(pair => pair.Key.Name == name).OrderBy(pair => pair.Key.Labels, StringComparer.Ordinal))
            {
                histogram.Write(output, name, labels);
            }
        }

        return output.ToString();
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var series = (instrument.Name, Labels(tags));
        if (IsHistogram(instrument))
        {
            _histograms.GetOrAdd(series, _ => new Histogram()).Record(value);
        }
        else if (instrument.IsObservable || IsGauge(instrument))
        {
            _values[series] = value;
        }
        else
        {
            _values.AddOrUpdate(series, value, (_, sum) => sum + value);
        }
    }

    private static string TypeOf(Instrument instrument) =>
        IsHistogram(instrument) ? "histogram" : instrument.GetType().Name.Contains("Counter", StringComparison.Ordinal)
            && !instrument.GetType().Name.Contains("UpDown", StringComparison.Ordinal) ? "counter" : "gauge";

    private static bool IsHistogram(Instrument instrument) => instrument.GetType().Name.StartsWith("Histogram", StringComparison.Ordinal);

    private static bool IsGauge(Instrument instrument) => instrument.GetType().Name.StartsWith("Gauge", StringComparison.Ordinal);

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return "";
        }

        var labels = new List<string>(tags.Length);
        foreach (var (name, value) in tags)
        {
            labels.Add($"{name}=\"{Escape(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")}\"");
        }

        return string.Join(',', labels);
    }

    private static string Escape(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);
}
