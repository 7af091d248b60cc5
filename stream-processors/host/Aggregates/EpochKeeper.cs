using System.Collections.Immutable;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streams.Core.Aggregates;
using Streams.Core.Errors;
using Streams.Postgres;
using Streams.Processors.Aggregates;

namespace Streams.Processors.Host.Aggregates;

/// <summary>
/// Keeps the board, and does what <see cref="EpochRule"/> says of each aggregate. Every instance does so; each step is a comparison and a write in one
/// transaction, so that two do no harm.
/// </summary>
internal sealed class EpochKeeper(
    AggregateEpochs epochs, SlotClock clock, ImmutableArray<AggregatePlan> plans, string prefix, KeeperTopics topics, Board board, AggregateCheck check, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan SnapshotPause = TimeSpan.FromSeconds(20);
    private readonly SnapshotWatch _watch = new();
    private readonly Dictionary<string, long> _snapshotBegun = [];
    private readonly Dictionary<string, (SnapshotBarrier Barrier, ImmutableArray<long> Starts)> _barriers = [];
    private readonly Dictionary<string, long> _completed = [];

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await LookAsync(stopping);
            }
            catch (StreamsException exception) when (exception.Error.Kind == ErrorKind.Transient)
            {
                Log.Kafka(logger, exception.Message);
            }
            catch (KafkaException exception)
            {
                Log.Kafka(logger, exception.Error.Reason);
            }

            await Task.Delay(Interval, time, stopping);
        }
    }

    private async Task LookAsync(CancellationToken stopping)
    {
        await topics.ReadAsync();
        if (!topics.IsRead)
        {
            return;
        }

        board.Set(topics.Progress);
        var known = await epochs.ReadAsync(stopping);
        await WatchAsync([.. known.Where(IsOpen).Select(epoch => epoch.Snapshot!)], stopping);
        foreach (var plan in plans)
        {
            await KeepAsync(plan, known, stopping);
        }

        board.Set(new Reading(await epochs.ReadAsync(stopping), await epochs.RequestsAsync(stopping)));
    }

    /// <summary>Whether its snapshot has neither ended nor failed, as far as is known.</summary>
    private bool IsOpen(AggregateEpoch epoch) => epoch.IsAwaiting && topics.Snapshots.StateOf(epoch.Snapshot!) is (SnapshotState.Unseen or SnapshotState.Running);

    /// <summary>A snapshot that the connector has forgotten has failed: what waits for it, or must not run beside it, goes on.</summary>
    private async Task WatchAsync(ImmutableArray<string> awaited, CancellationToken stopping)
    {
        var snapshots = topics.Snapshots;
        if ((awaited.IsEmpty && !snapshots.IsRunning) || snapshots.IsPaused)
        {
            return;
        }

        var now = await clock.ReadAsync(stopping);
        var told = snapshots.Told;
        if (_watch.IsGivenUp(told, awaited, now.Lsn, now.Confirmed) && topics.ReadToEnd() && snapshots.Told == told)
        {
            snapshots.GiveUp(awaited);
            Log.GivenUp(logger);
        }
    }

    private async Task KeepAsync(AggregatePlan plan, ImmutableArray<AggregateEpoch> known, CancellationToken stopping)
    {
        var name = $"{plan.Name} (epochs)";
        try
        {
            await StepAsync(plan, known, stopping);
            check.Up(name);
        }
        catch (StreamsException exception) when (exception.Error.Kind == ErrorKind.Permanent)
        {
            check.Down(name, exception.Message);
            Log.Stands(logger, plan.Name, exception.Message);
        }
    }

    private async Task StepAsync(AggregatePlan plan, ImmutableArray<AggregateEpoch> known, CancellationToken stopping)
    {
        var topic = $"{prefix}.{plan.Table.Name}";
        var (topicId, partitions) = await topics.DescribeAsync(topic);
        var newest = known.Where(epoch => epoch.Name == plan.Name).MaxBy(epoch => epoch.Epoch);
        var view = new EpochView(
            newest, plan.Hash, topicId, await HistoryAsync(newest, stopping), newest is null ? null : board.TruncationOf(newest), newest is null ? null : board.LostOf(newest),
            await StateAsync(newest, stopping), newest is not null && topics.Contains(newest, plan));
        switch (EpochRule.Next(view))
        {
            case EpochStep.Begin step:
                await BeginAsync(step, view, plan, topic, partitions, known, stopping);
                break;
            case EpochStep.BeginAfter step:
                await BeginAfterAsync(step.Truncation, newest!, plan, topic, stopping);
                break;
            case EpochStep.Adopt:
                await epochs.AdoptAsync(newest!.History, view.History.ToString(), stopping);
                break;
            case EpochStep.SetTargets:
                await epochs.SetTargetsAsync(newest!, topics.Ends(topic, partitions), stopping);
                Log.Filled(logger, plan.Name, newest!.Epoch);
                break;
            case EpochStep.Promote:
                await epochs.PromoteAsync(newest!, stopping);
                Log.Live(logger, newest!.Name, newest.Epoch);
                break;
        }
    }

    /// <summary>A snapshot is complete when its rows are in the log as well: the slot has confirmed a position behind the notification.</summary>
    private async Task<SnapshotState> StateAsync(AggregateEpoch? newest, CancellationToken stopping)
    {
        var state = newest is { IsAwaiting: true, Snapshot: { } signal } ? topics.Snapshots.StateOf(signal) : SnapshotState.Unseen;
        if (state != SnapshotState.Completed)
        {
            return state;
        }

        var now = await clock.ReadAsync(stopping);
        var told = _completed.TryAdd(newest!.Snapshot!, now.Lsn) ? now.Lsn : _completed[newest.Snapshot!];
        return now.Confirmed >= told ? state : SnapshotState.Running;
    }

    /// <summary>Where the connector's notifications have expired, its initial snapshot is the one that was known.</summary>
    private async Task<SourceHistory> HistoryAsync(AggregateEpoch? newest, CancellationToken stopping)
    {
        var (system, timeline) = await epochs.IdentityAsync(stopping);
        var known = newest is null ? null : SourceHistory.Parse(newest.History)?.Initial;
        return new SourceHistory(system, timeline, topics.Snapshots.NewestInitial ?? known ?? "");
    }

    private async Task BeginAsync(
        EpochStep.Begin step, EpochView view, AggregatePlan plan, string topic, int partitions, ImmutableArray<AggregateEpoch> known, CancellationToken stopping)
    {
        var (lows, ends) = (topics.Lows(topic, partitions), topics.Ends(topic, partitions));
        var histories = await epochs.HistoriesAsync(view.TopicId, stopping);
        var fromLog = step.FromLog && EpochRule.IsOneHistory(lows.All(low => low == 0), ends.All(end => end == 0), topics.TellsOfOneInitialSnapshot, histories, view.History);
        if (fromLog)
        {
            await BeginAsync(lows, (-1, -1), ends, null);
        }
        else if (await StartOfSnapshotAsync(plan, ends, known, stopping) is { } from)
        {
            await BeginAsync(from.Starts, from.Barrier.Floor, [], AggregateEpochs.NewSignal());
        }

        async Task BeginAsync(ImmutableArray<long> starts, (long, long) floor, ImmutableArray<long> targets, string? signal) => Tell(await epochs.BeginAsync(
            new AggregateEpoch(plan.Name, 0, false, plan.Hash, view.TopicId, starts, floor, targets, signal, step.Reason, view.History.ToString()),
            plan.Table.Name, view.Newest?.Epoch ?? 0, stopping));
    }

    /// <summary>Where an epoch starts whose rows a snapshot shows, when it may be asked for; the wait for the barrier holds nobody up.</summary>
    private async Task<(SnapshotBarrier Barrier, ImmutableArray<long> Starts)?> StartOfSnapshotAsync(
        AggregatePlan plan, ImmutableArray<long> ends, ImmutableArray<AggregateEpoch> known, CancellationToken stopping)
    {
        if (!_barriers.TryGetValue(plan.Name, out var from))
        {
            if (MayAskForSnapshot(plan, known))
            {
                _barriers[plan.Name] = (await epochs.TakeBarrierAsync(stopping), ends);
            }

            return null;
        }

        if (!await epochs.HasPassedAsync(from.Barrier, stopping))
        {
            return null;
        }

        _barriers.Remove(plan.Name);
        _snapshotBegun[plan.Name] = time.GetTimestamp();
        return from;
    }

    /// <summary>One snapshot at a time: a chunk that another one has read before the epoch's start must not come after it.</summary>
    private bool MayAskForSnapshot(AggregatePlan plan, ImmutableArray<AggregateEpoch> known)
    {
        topics.RequireNotifications(plan.Name);
        return !topics.Snapshots.IsRunning && !known.Any(epoch => epoch.IsAwaiting && epoch.Name != plan.Name)
            && (!_snapshotBegun.TryGetValue(plan.Name, out var begun) || time.GetElapsedTime(begun) >= SnapshotPause);
    }

    /// <summary>After a TRUNCATE: what is newer than it. Its own partition is folded from there; in the others older records are told by their version.</summary>
    private async Task BeginAfterAsync(Truncation truncation, AggregateEpoch epoch, AggregatePlan plan, string topic, CancellationToken stopping) => Tell(await epochs.BeginAsync(
        epoch with
        {
            Starts = epoch.Starts.SetItem(truncation.Raw, truncation.Offset + 1), Floor = (truncation.Version.Commit, truncation.Version.Lsn),
            Targets = topics.Ends(topic, epoch.Starts.Length), Reason = "truncated",
        },
        plan.Table.Name, epoch.Epoch, stopping));

    private void Tell(AggregateEpoch? begun)
    {
        if (begun is not null)
        {
            Log.Begun(logger, begun.Name, begun.Epoch, begun.Snapshot is null ? begun.Reason : $"{begun.Reason}; a snapshot is asked for");
        }
    }
}
