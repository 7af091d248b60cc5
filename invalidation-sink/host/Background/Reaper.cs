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
    private readonly Dictionary<int, long> _held = [];
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

    /// <summary>Keeps the group's offset of a lane at or below this offset until the hold is released.</summary>
    public void Hold(int lane, long offset)
    {
        lock (_gate)
        {
            _held[lane] = offset;
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

    /// <summary>Lowest offset of the lane whose tag still waits, or <paramref name="otherwise"/>.</summary>
    public long LowestOf(int lane, long otherwise)
    {
        lock (_gate)
        {
            var held = _held.TryGetValue(lane, out var offset) ? Math.Min(offset, otherwise) : otherwise;
            return _waiting.Values.Where(tag => tag.Lane == lane).Select(tag => tag.Offset).Append(held).Min();
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
