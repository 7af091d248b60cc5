using System.Collections.Concurrent;
using System.Collections.Immutable;
using Streams.Core.Aggregates;
using Streams.Postgres;
using Streams.Processors.Aggregates;

namespace Streams.Processors.Host.Aggregates;

/// <summary>What the process last read of epochs, requests and the source's clock; written by one flow, read by all tasks.</summary>
internal sealed class Board
{
    private readonly ConcurrentDictionary<long, Truncation> _truncations = [];
    private readonly ConcurrentDictionary<long, string> _lost = [];
    private volatile Reading _reading = new([], ImmutableDictionary<(string, long, int), long>.Empty);
    private volatile ImmutableArray<Moment>[] _moments = [[]];
    private volatile ImmutableDictionary<string, AggregateProgress> _progress = ImmutableDictionary<string, AggregateProgress>.Empty;

    /// <summary>Epochs that are not retired.</summary>
    public ImmutableArray<AggregateEpoch> Epochs => _reading.Epochs;

    /// <summary>Whether an epoch is live.</summary>
    public bool IsLive(AggregateEpoch epoch) => Epochs.Any(one => one.Name == epoch.Name && one.Epoch == epoch.Epoch && one.IsLive);

    /// <summary>Newest request for a resync of a raw partition; 0: none.</summary>
    public long Request(AggregateEpoch epoch, int raw) => _reading.Requests.GetValueOrDefault((epoch.Name, epoch.Epoch, raw));

    /// <summary>
    /// Offset of a raw partition from which an epoch reports late rows. A progress says that everything below it was reported, by its epoch or one
    /// before. Below the epoch's targets and beyond all progress nobody has: what came while an older definition was not folded any more.
    /// </summary>
    public long ReportFrom(AggregateEpoch epoch, int raw)
    {
        var history = (epoch.Targets.IsEmpty ? epoch.Starts : epoch.Targets)[raw];
        var (own, older) = (Reported(one => one == epoch.Epoch), Reported(one => one < epoch.Epoch));
        // Offsets of a topic that was made anew begin again.
        return Math.Max(own ?? 0, Math.Min(older ?? history, history));

        long? Reported(Func<long, bool> of) => _progress.Values.Where(one => one.Aggregate == epoch.Name && of(one.Epoch))
            .SelectMany(one => one.Raw).Where(one => one.Partition == raw).Max(one => (long?)one.Position);
    }

    /// <summary>Newest moment of the source that is contained below a position.</summary>
    public SourceClock? Contained(string topic, int partition, long position)
    {
        foreach (var moment in _moments[0])
        {
            if (moment.Ends.TryGetValue((topic, partition), out var end) && end <= position)
            {
                return moment.Clock;
            }
        }

        return null;
    }

    /// <summary>A TRUNCATE that a task has met, to be made an epoch of.</summary>
    public void Truncated(AggregateEpoch epoch, RowVersion version, int raw, long offset) => _truncations[epoch.Epoch] = new Truncation(version, raw, offset);

    /// <summary>The TRUNCATE that an epoch ends with, if one was met.</summary>
    public Truncation? TruncationOf(AggregateEpoch epoch) => _truncations.GetValueOrDefault(epoch.Epoch);

    /// <summary>A task has found that its epoch cannot be computed from the log.</summary>
    public void Lost(AggregateEpoch epoch, string reason) => _lost[epoch.Epoch] = reason;

    /// <summary>Why an epoch cannot be computed from the log, if it cannot.</summary>
    public string? LostOf(AggregateEpoch epoch) => _lost.GetValueOrDefault(epoch.Epoch);

    /// <summary>Offset of a raw partition below which all is that an epoch needs to go live; null: its snapshot is awaited.</summary>
    public long? TargetOf(AggregateEpoch epoch, int raw) =>
        Epochs.FirstOrDefault(one => one.Name == epoch.Name && one.Epoch == epoch.Epoch) is { Targets.IsEmpty: false } known ? known.Targets[raw] : null;

    public void Set(Reading reading) => _reading = reading;

    /// <summary>Newest progress of every epoch and partition, also of epochs that are retired.</summary>
    public void Set(ImmutableDictionary<string, AggregateProgress> progress) => _progress = progress;

    /// <summary>Newest first.</summary>
    public void Set(ImmutableArray<Moment> moments) => _moments = [moments];
}

/// <summary>One look at Postgres.</summary>
internal sealed record Reading(ImmutableArray<AggregateEpoch> Epochs, ImmutableDictionary<(string Name, long Epoch, int Partition), long> Requests);

/// <summary>A moment of the source, and the ends of the raw partitions when everything up to it had arrived.</summary>
internal sealed record Moment(SourceClock Clock, ImmutableDictionary<(string Topic, int Partition), long> Ends);

/// <summary>A TRUNCATE in a raw partition.</summary>
internal sealed record Truncation(RowVersion Version, int Raw, long Offset);
