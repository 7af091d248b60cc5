using System.Threading.Channels;
using Streams.Core.Errors;

namespace Streams.Processors.Host;

/// <summary>
/// Sends the invalidations of records whose transaction is unknown a second time, after a <see cref="Barrier"/>: a reader that does not see the
/// transaction yet may have filled after the first. Their records stay open until then.
/// </summary>
internal sealed class LateInvalidations(Barrier barrier, Outbox outbox, Patience patience, Dependencies dependencies)
{
    private readonly Channel<(IReadOnlyList<Outgoing> Invalidations, PendingRecord Record)> _waiting =
        Channel.CreateUnbounded<(IReadOnlyList<Outgoing>, PendingRecord)>();

    public void Add(IReadOnlyList<Outgoing> invalidations, PendingRecord record)
    {
        record.Sending();
        Invariant.Require(_waiting.Writer.TryWrite((invalidations, record)), "the channel is never closed");
    }

    /// <summary>One barrier serves all that wait when it begins.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (await _waiting.Reader.WaitToReadAsync(cancellationToken))
        {
            var batch = new List<(IReadOnlyList<Outgoing> Invalidations, PendingRecord Record)>();
            while (_waiting.Reader.TryRead(out var item))
            {
                batch.Add(item);
            }

            await patience.RetryAsync(
                dependencies.Postgres,
                async () =>
                {
                    await barrier.PassAsync(cancellationToken);
                    return true;
                },
                cancellationToken);
            foreach (var (invalidations, record) in batch)
            {
                foreach (var outgoing in invalidations)
                {
                    outbox.Send(outgoing, record);
                }

                record.Acknowledged();
            }
        }
    }
}
