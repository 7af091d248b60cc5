using Streams.Postgres;

namespace Streams.Processors.Host;

/// <summary>
/// Waits until everything that had committed before the call is visible to every new snapshot of the primary. A record that cannot be decoded does
/// not tell its transaction, and logical decoding can hand out a commit before readers see it (fence.md, section 1); after the barrier the
/// transaction is visible whichever it was.
/// </summary>
internal sealed class Barrier(IPrimary primary, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    public async Task PassAsync(CancellationToken cancellationToken)
    {
        // A new xid: the snapshot's xmax is not enough, a commit that waits for its standby may have a higher one than any that is visible.
        var xid = await primary.NewXidAsync(cancellationToken);
        while ((await primary.LookAsync(cancellationToken)).Snapshot.Xmin <= xid)
        {
            await Task.Delay(Interval, time, cancellationToken);
        }
    }
}
