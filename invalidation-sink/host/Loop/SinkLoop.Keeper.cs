using System.Collections.Immutable;
using Streams.Cache.Protocol;
using Streams.Core.Errors;
using Streams.InvalidationSink.Host.Observing;
using Streams.InvalidationSink.Lanes;
using Streams.Postgres;

namespace Streams.InvalidationSink.Host.Loop;

/// <content>KEEPER and BARRIER.</content>
internal sealed partial class SinkLoop
{
    // A look takes a millisecond or so; waiting that long publishes the frontier before the next records, longer would hold them up.
    private static readonly TimeSpan LookPatience = TimeSpan.FromMilliseconds(20);

    // A transaction that is not seen for that long hangs, or its id is not of this history.
    private static readonly TimeSpan Stuck = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BarrierPause = TimeSpan.FromMilliseconds(500);

    private Task<LookAnswer>? _look;
    private bool _lookNow;
    private DateTimeOffset _nextLook;
    private DateTimeOffset _nextXid;
    private readonly Dictionary<int, (long Proven, DateTimeOffset Since)> _waiting = [];
    private Task<BarrierOutcome>? _barrier;
    private CancellationTokenSource? _barrierStop;
    private DateTimeOffset _nextBarrier;
    private bool _slotMissing;

    private async Task KeepAsync(CancellationToken stop)
    {
        if (_epoch is null)
        {
            return;
        }

        var now = time.GetUtcNow();
        NoteWaiting(now);
        if (_look is null && _waiting.Count > 0 && (_lookNow || now >= _nextLook))
        {
            _look = AskAsync(stop);
            (_lookNow, _nextLook) = (false, now + options.LookInterval);
            await Task.WhenAny(_look, Task.Delay(LookPatience, time, stop));
        }

        if (_look is { IsCompleted: true } done)
        {
            _look = null;
            await HandleAsync(await done, stop);
        }
    }

    /// <summary>Since when which lane's frontier stands still although records wait.</summary>
    private void NoteWaiting(DateTimeOffset now)
    {
        foreach (var lane in _waiting.Keys.Where(lane => !_lanes.TryGetValue(lane, out var known) || !known.HasUnproven).ToList())
        {
            _waiting.Remove(lane);
        }

        foreach (var lane in _lanes.Values.Where(lane => lane.HasUnproven))
        {
            if (!_waiting.TryGetValue(lane.Lane, out var known) || known.Proven != lane.Proven)
            {
                _waiting[lane.Lane] = (lane.Proven, now);
            }
        }
    }

    private TimeSpan FrontierAge() => _waiting.Count == 0 ? TimeSpan.Zero : time.GetUtcNow() - _waiting.Values.Min(lane => lane.Since);

    /// <summary>A new transaction id tells which of the waiting ids this primary has given out. It costs one, so not often.</summary>
    private bool WantsXid()
    {
        var now = time.GetUtcNow();
        if (!_lanes.Values.Any(lane => lane.Queue.HasUnknown) && (FrontierAge() < Stuck || now < _nextXid))
        {
            return false;
        }

        _nextXid = now + Stuck;
        return true;
    }

    private async Task<LookAnswer> AskAsync(CancellationToken stop)
    {
        var (generation, readBefore) = (_generation, _lanes.ToImmutableDictionary(lane => lane.Key, lane => lane.Value.Queue.End));
        var wantsXid = WantsXid();
        try
        {
            ulong? newXid = wantsXid ? await parts.Primary.NewXidAsync(stop) : null;
            return new LookAnswer(generation, readBefore, newXid, await parts.Primary.LookAsync(stop), null);
        }
        catch (StreamsException exception)
        {
            return new LookAnswer(generation, readBefore, null, null, exception);
        }
    }

    private async Task HandleAsync(LookAnswer answer, CancellationToken stop)
    {
        if (answer.Generation != _generation || _epoch is null)
        {
            return;
        }

        if (answer.View is not { } view)
        {
            // Invalidations go on without Postgres: nothing can be filled meanwhile.
            observers.Outages.Down(answer.Fault!);
            return;
        }

        if (!FrontierDecision.Proves(_epoch.Identity, view.Identity))
        {
            _nextPoll = time.GetUtcNow();
            return;
        }

        _xmax = Math.Max(_xmax, view.Snapshot.Xmax);
        foreach (var lane in answer.ReadBefore.Keys.Where(_lanes.ContainsKey))
        {
            var known = answer.NewXid is { } xid ? LaneMachine.Resolve(_lanes[lane], xid, answer.ReadBefore[lane]).Lane : _lanes[lane];
            var step = LaneMachine.Look(known, view.Snapshot);
            await ExecuteAsync(step, stop);
        }
    }

    private async Task BarrierAsync(CancellationToken stop)
    {
        if (_epoch is null)
        {
            return;
        }

        if (_barrier is null)
        {
            var waiting = _lanes.Values.Where(lane => lane.NeedsBarrier).Select(lane => lane.Lane).ToList();
            if (waiting.Count > 0 && time.GetUtcNow() >= _nextBarrier)
            {
                _barrierStop = CancellationTokenSource.CreateLinkedTokenSource(stop);
                _barrier = parts.Barrier.RunAsync(waiting, _epoch.Identity, _barrierStop.Token);
            }
        }
        else if (_barrier.IsCompleted)
        {
            var done = _barrier;
            _barrier = null;
            _nextBarrier = time.GetUtcNow() + BarrierPause;
            await HandleAsync(done, stop);
        }
    }

    private async Task HandleAsync(Task<BarrierOutcome> done, CancellationToken stop)
    {
        BarrierOutcome outcome;
        try
        {
            outcome = await done;
        }
        catch (StreamsException exception)
        {
            observers.Outages.Down(exception);
            return;
        }

        ShowSlot(outcome.SlotMissing);
        if (outcome.Identity is not null)
        {
            _nextPoll = time.GetUtcNow();
        }

        if (outcome.Ends is not { } ends)
        {
            return;
        }

        foreach (var (lane, end) in ends)
        {
            if (_lanes.TryGetValue(lane, out var waiting))
            {
                await ExecuteAsync(LaneMachine.PassBarrier(waiting, end), stop);
            }
        }

        _nextBarrier = time.GetUtcNow();
        Log.BarrierPassed(observers.Logger, string.Join(',', ends.Keys.Order()));
    }

    private void ShowSlot(bool missing)
    {
        _slotMissing = missing;
        if (missing)
        {
            observers.Outages.Down(SinkErrors.SlotMissing.With($"'{source.SlotName}'."));
        }
        else
        {
            observers.Outages.Up(Dependency.Slot);
        }
    }

    private void CancelBarrier()
    {
        _barrierStop?.Cancel();
        (_barrier, _barrierStop) = (null, null);
    }

    private sealed record LookAnswer(int Generation, ImmutableDictionary<int, long> ReadBefore, ulong? NewXid, PrimaryView? View, StreamsException? Fault);
}
