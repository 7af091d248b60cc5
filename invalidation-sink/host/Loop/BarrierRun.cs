using System.Collections.Immutable;
using Streams.Cache.Protocol;
using Streams.Core.Fencing;
using Streams.InvalidationSink.Host.Kafka;
using Streams.InvalidationSink.Supervision;
using Streams.Postgres;

namespace Streams.InvalidationSink.Host.Loop;

/// <summary>How a barrier ended.</summary>
/// <param name="Ends">Lane ends that are proven now; null: not passed.</param>
/// <param name="SlotMissing">The slot is not there yet.</param>
/// <param name="Identity">Another history was seen; null otherwise.</param>
internal sealed record BarrierOutcome(ImmutableDictionary<int, long>? Ends, bool SlotMissing, DatabaseIdentity? Identity);

/// <summary>BARRIER: after the slot is consistent [M28 M29], lane ends first [M30], then a new transaction id [M12b], then wait until everything up to it is finished.</summary>
internal sealed class BarrierRun(IPrimary primary, ILaneTopic topic, string slotName, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Runs one barrier for these lanes. It lasts as long as the longest running transaction that holds an id.</summary>
    public async Task<BarrierOutcome> RunAsync(IReadOnlyCollection<int> lanes, DatabaseIdentity ofEpoch, CancellationToken cancellationToken)
    {
        if (slotName.Length > 0 && !SinkDecision.IsConsistent(await primary.SlotAsync(slotName, cancellationToken)))
        {
            return new BarrierOutcome(null, true, null);
        }

        var ends = await topic.EndsAsync(lanes);
        var xid = await primary.NewXidAsync(cancellationToken);
        while (true)
        {
            var view = await primary.LookAsync(cancellationToken);
            if (!FrontierDecision.Proves(ofEpoch, view.Identity))
            {
                return new BarrierOutcome(null, false, view.Identity);
            }

            if (FrontierDecision.BarrierPassed(xid, view.Snapshot))
            {
                return new BarrierOutcome(ends, false, null);
            }

            await Task.Delay(Interval, time, cancellationToken);
        }
    }
}
