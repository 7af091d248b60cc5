using System.Collections.Immutable;
using Streams.Cache.Protocol;
using Streams.Core.Errors;
using Streams.Hosting.Options;
using Streams.InvalidationSink.Host.Kafka;
using Streams.InvalidationSink.Host.Observing;
using Streams.InvalidationSink.Host.Options;
using Streams.InvalidationSink.Lanes;
using Streams.InvalidationSink.Supervision;
using Streams.Postgres;

namespace Streams.InvalidationSink.Host.Loop;

/// <summary>
/// The sink. One logical thread owns the consumer and every lane's state; questions to Postgres, the topic and Redis that may take long are asked
/// in the background and their answers handled here, so that invalidations never wait for them.
/// <code>
///            ┌────────────── any transient fault: unload, pause, back off ──────────────┐
///            ▼                                                                          │
/// Load (epoch, positions) ─► read ─► decode ─► APPLY ─► look at primary ─► publish V ─► poll
///            ▲   ▲                                                                      │
///            │   └──────────────── epoch moved, or a lane was assigned ◄────────────────┤
///            └──────── RE-FLOOR ◄── lost, foreign, truncated, out of range, poison ◄────┘
/// </code>
/// A crash loses nothing but time: position, fences and frontier are in Redis, the epoch in Postgres.
/// </summary>
internal sealed partial class SinkLoop(SinkParts parts, SinkObservers observers, InvalidationSinkOptions options, SourceOptions source, TimeProvider time)
{
    private static readonly TimeSpan BackOffMin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan BackOffMax = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan WaitMax = TimeSpan.FromMilliseconds(100);

    // While an answer is under way the consumer is asked for a short time only.
    private static readonly TimeSpan WaitBusy = TimeSpan.FromMilliseconds(5);

    private readonly Dictionary<int, SinkLane> _lanes = [];
    private readonly Dictionary<int, int> _serials = [];
    private EpochRecord? _epoch;
    private IFenceStore? _store;
    private int _laneCount;
    private ulong _xmax;

    /// <summary>Counts loads: an answer to a question from before one is void.</summary>
    private int _generation;

    private DateTimeOffset _retryAt;
    private TimeSpan _backOff = BackOffMin;

    /// <summary>Runs until it is stopped. Only broken invariants and failures of the consumer itself come out.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await StepAsync(stop);
            }
            catch (StreamsException exception) when (exception.Error.Kind is ErrorKind.Transient or ErrorKind.Permanent && exception.Error != SinkErrors.ConsumerFailed)
            {
                observers.Outages.Down(exception);
                BackOff();
            }

            Show();
        }
    }

    private async Task StepAsync(CancellationToken stop)
    {
        var read = parts.Log.Read(Wait(), options.BatchSize);
        FollowAssignment();
        if (_epoch is null)
        {
            await TryLoadAsync(stop);
            return;
        }

        if (read.Broken.Count > 0)
        {
            await ReFloorAsync(read.Broken[0].Reason, stop);
            return;
        }

        if (_lanes.Values.Any(lane => lane.Phase == LanePhase.Idle))
        {
            await LoadLanesAsync(stop);
        }

        await ApplyAsync(read, stop);
        await KeepAsync(stop);
        await PollAsync(stop);
        await BarrierAsync(stop);
    }

    /// <summary>Lanes come and go inside <see cref="ILaneLog.Read"/>. A new one is paused until it is positioned.</summary>
    private void FollowAssignment()
    {
        var assigned = parts.Log.Assigned;
        observers.Status.Joined = parts.Log.Joined;
        var gone = _serials.Where(lane => assigned.GetValueOrDefault(lane.Key) != lane.Value).Select(lane => lane.Key).ToList();
        var added = assigned.Where(lane => _serials.GetValueOrDefault(lane.Key) != lane.Value).ToList();
        if (gone.Count + added.Count == 0)
        {
            return;
        }

        gone.ForEach(lane => _ = _lanes.Remove(lane) && _serials.Remove(lane));
        foreach (var (lane, serial) in added)
        {
            _serials[lane] = serial;
            _lanes[lane] = SinkLane.Assigned(lane);
            parts.Log.Pause(lane);
        }

        Log.Assigned(observers.Logger, string.Join(',', _lanes.Keys.Order()));
    }

    private TimeSpan Wait()
    {
        var now = time.GetUtcNow();
        if (_epoch is null)
        {
            return Clamp(_retryAt - now);
        }

        var busy = Pending(_look) || Pending(_poll) || Pending(_barrier) || _lanes.Values.Any(lane => lane.Phase == LanePhase.Idle);
        var next = _lanes.Values.Any(lane => lane.HasUnproven) && _nextLook < _nextPoll ? _nextLook : _nextPoll;
        return busy ? WaitBusy : Clamp(next - now);

        static TimeSpan Clamp(TimeSpan wait) => wait > WaitMax ? WaitMax : wait > TimeSpan.FromMilliseconds(1) ? wait : TimeSpan.FromMilliseconds(1);
        static bool Pending(Task? task) => task is not null;
    }

    /// <summary>Something does not answer: forget what is known, fetch nothing, load again later.</summary>
    private void BackOff()
    {
        Unload();
        _retryAt = time.GetUtcNow() + _backOff;
        _backOff = _backOff * 2 > BackOffMax ? BackOffMax : _backOff * 2;
    }

    private void Unload()
    {
        _epoch = null;
        _generation++;
        (_look, _poll, _facts) = (null, null, null);
        CancelBarrier();
        parts.Refresher.Clear();
        foreach (var lane in _lanes.Keys.ToList())
        {
            _lanes[lane] = SinkLane.Assigned(lane);
            parts.Log.Pause(lane);
        }
    }

    private void Show()
    {
        var lanes = _lanes.Values.OrderBy(lane => lane.Lane).Select(lane => new LaneStatus(
            lane.Lane,
            lane.Phase.ToString(),
            lane.Next,
            parts.Log.EndOf(lane.Lane),
            lane.Proven == Frontier.None ? null : lane.Proven,
            lane.Queue.Runs.Length)).ToImmutableArray();
        observers.Status.Snapshot = new SinkSnapshot(_epoch?.Number, lanes, FrontierAge().TotalSeconds, _slotMissing, parts.Reaper.Waiting);
    }
}
