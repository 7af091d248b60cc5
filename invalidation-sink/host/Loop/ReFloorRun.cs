using Microsoft.Extensions.Logging;
using Streams.Cache.Protocol;
using Streams.InvalidationSink.Host.Kafka;
using Streams.InvalidationSink.Host.Observing;
using Streams.InvalidationSink.Supervision;
using Streams.Postgres;

namespace Streams.InvalidationSink.Host.Loop;

/// <summary>
/// RE-FLOOR, steps 1 to 3: number and identity first, then a position from which records will be delivered, then everything in Redis moves to the
/// new epoch. Steps 4 and 5 (slot, barrier) are done by the owner of each lane.
/// </summary>
internal sealed class ReFloorRun(
    IPrimary primary, ILaneTopic topic, Func<int, IFenceStore> stores, IReFloorLock onlyOne, SinkMetrics metrics, ILogger logger)
{
    /// <summary>Begins a new epoch, unless somebody has done so since <paramref name="observed"/> was read.</summary>
    public async Task RunAsync(ReFloorReason reason, long? observed, CancellationToken cancellationToken)
    {
        await using var held = await onlyOne.AcquireAsync(cancellationToken);
        var current = await primary.ReadEpochAsync(cancellationToken);
        var facts = await topic.DescribeAsync();
        var store = stores(facts.Lanes);
        if (current?.Number != observed || (reason == ReFloorReason.RedisLost && await IsWholeAsync(store, current!, facts.Lanes, cancellationToken)))
        {
            return;
        }

        var highest = await store.HighestEpochAsync(cancellationToken);
        if (await primary.AdvanceEpochAsync(observed, highest, facts.Id, cancellationToken) is not { } epoch)
        {
            return;
        }

        var ends = await topic.EndsAsync([.. Enumerable.Range(0, facts.Lanes)]);
        await store.ReFloorAsync(epoch.Number, [.. Enumerable.Range(0, facts.Lanes).Select(lane => ends[lane])], cancellationToken);
        metrics.ReFloored(reason);
        Log.ReFloored(logger, epoch.Number, reason, epoch.Identity.ToString(), epoch.TopicId);
    }

    /// <summary>Another instance, whose lock this one has waited for, may have mended it already.</summary>
    private static async Task<bool> IsWholeAsync(IFenceStore store, EpochRecord current, int lanes, CancellationToken cancellationToken)
    {
        var stored = await store.PollAsync([.. Enumerable.Range(0, lanes)], cancellationToken);
        return !stored.Any(state => SinkDecision.IsLost(state, current.Number));
    }
}
