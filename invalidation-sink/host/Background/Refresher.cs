using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Streams.Cache.Reading;
using Streams.Core.Errors;
using Streams.Core.Rules;
using Streams.InvalidationSink.Host.Observing;
using Streams.Schemas;

namespace Streams.InvalidationSink.Host.Background;

/// <summary>
/// Strategy refresh, by re-read: a key that held a value is read again and filled, as a reader would do it, once the frontier has reached the
/// invalidation; earlier the fill would be refused [M26]. Only an optimisation: under pressure requests are dropped and a reader fills instead.
/// </summary>
internal sealed class Refresher(IFencedCache cache, StreamsDefinition definition, SinkMetrics metrics, ILogger logger)
{
    private const int WaitingMax = 4096;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, Queue<(long Offset, InvalidationEvent Change)>> _waiting = [];
    private readonly Channel<InvalidationEvent> _due = Channel.CreateBounded<InvalidationEvent>(new BoundedChannelOptions(1024) { FullMode = BoundedChannelFullMode.DropOldest });
    private int _count;

    /// <summary>A key was removed by this event.</summary>
    public void Add(int lane, long offset, InvalidationEvent change)
    {
        lock (_gate)
        {
            if (_count >= WaitingMax)
            {
                metrics.Refreshed("dropped");
                return;
            }

            (_waiting.TryGetValue(lane, out var queue) ? queue : _waiting[lane] = new()).Enqueue((offset, change));
            _count++;
        }
    }

    /// <summary>The lane's frontier was published.</summary>
    public void Proven(int lane, long frontier)
    {
        lock (_gate)
        {
            while (_waiting.TryGetValue(lane, out var queue) && queue.TryPeek(out var next) && next.Offset <= frontier)
            {
                queue.Dequeue();
                _count--;
                _due.Writer.TryWrite(next.Change);
            }
        }
    }

    /// <summary>All lanes begin again: what waits is of an old epoch.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _waiting.Clear();
            _count = 0;
        }
    }

    /// <summary>One of several workers.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await foreach (var change in _due.Reader.ReadAllAsync(stop))
        {
            await RefreshAsync(change, stop);
        }
    }

    private async Task RefreshAsync(InvalidationEvent change, CancellationToken stop)
    {
        string? Column(string name) => change.parameters.TryGetValue(name, out var value) ? value : null;
        var rule = definition.Rules.FirstOrDefault(rule => rule.Name == change.rule);
        if (rule?.Query is not { } sql || rule.Keys.FirstOrDefault(key => key.Fill(Column) == change.target) is not { } template)
        {
            metrics.Refreshed("unknown");
            return;
        }

        try
        {
            var query = new CacheQuery(sql, [.. template.Columns.Select(column => (column, (object)Column(column)!))]);
            var stored = await cache.RefreshAsync(CacheEntries.ForKey(rule, template, Column), query, stop);
            metrics.Refreshed(stored ? "stored" : "refused");
        }
        catch (StreamsException exception)
        {
            metrics.Refreshed("failed");
            Log.RefreshFailed(logger, change.target, exception.Message);
        }
    }
}
