using Streams.Core.Errors;
using Streams.InvalidationSink.Host.Observing;

namespace Streams.InvalidationSink.Host.Background;

/// <summary>
/// Removes members of invalidated tags in bounded batches, so that a plain GET sees them go too; fenced readers do not need it. Tags are
/// coalesced: one that is invalidated again while it waits is reaped once. What a crash leaves over is delivered again, because the group's
/// offset stays below the lowest tag that waits.
/// </summary>
internal sealed class Reaper(CurrentFence fence, int batch, TimeSpan pause, SinkMetrics metrics, Outages outages, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (int Lane, long Offset)> _waiting = [];
    private readonly HashSet<int> _held = [];
    private readonly Queue<string> _order = new();
    private readonly SemaphoreSlim _signal = new(0);

    /// <summary>Tags that wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Adds a tag that was invalidated at this offset.</summary>
    public void Add(string tag, int lane, long offset)
    {
        lock (_gate)
        {
            if (!_waiting.TryAdd(tag, (lane, offset)))
            {
                return;
            }

            _order.Enqueue(tag);
        }

        _signal.Release();
    }

    /// <summary>Until it is released, nothing is known of what is reaped in the lane.</summary>
    public void Hold(int lane)
    {
        lock (_gate)
        {
            _held.Add(lane);
        }
    }

    /// <summary>Ends <see cref="Hold"/>.</summary>
    public void Release(int lane)
    {
        lock (_gate)
        {
            _held.Remove(lane);
        }
    }

    /// <summary>Position of the lane below which all tags are reaped, at most <paramref name="applied"/>; null while the lane is held.</summary>
    public long? Reaped(int lane, long applied)
    {
        lock (_gate)
        {
            return _held.Contains(lane) ? null : _waiting.Values.Where(tag => tag.Lane == lane).Select(tag => tag.Offset).Append(applied).Min();
        }
    }

    /// <summary>Reaps until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            await _signal.WaitAsync(stop);
            var tag = Take();
            var more = await ReapAsync(tag.Name, stop);
            if (more)
            {
                Add(tag.Name, tag.Lane, tag.Offset);
                await Task.Delay(pause, time, stop);
            }
        }
    }

    /// <summary>True: members are left, or it could not be done now.</summary>
    private async Task<bool> ReapAsync(string tag, CancellationToken stop)
    {
        try
        {
            if (fence.Store is { } redis)
            {
                var result = await redis.ReapAsync(tag, batch, stop);
                metrics.Reaped(result.Removed);
                return result.More;
            }
        }
        catch (StreamsException exception)
        {
            outages.Down(exception);
        }

        await Task.Delay(TimeSpan.FromMilliseconds(500), time, stop);
        return true;
    }

    private (string Name, int Lane, long Offset) Take()
    {
        lock (_gate)
        {
            var name = _order.Dequeue();
            _waiting.Remove(name, out var at);
            return (name, at.Lane, at.Offset);
        }
    }
}
