using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using Streams.Cache.Layout;
using Streams.Cache.Protocol;
using Streams.Cache.Store;
using Streams.Core.Fencing;
using Streams.InvalidationSink.Host.Observing;
using Streams.InvalidationSink.Measuring;

namespace Streams.InvalidationSink.Host.Background;

/// <summary>An applied invalidation that is looked at again.</summary>
internal sealed record AuditSample(long Epoch, int Lane, Invalidation Applied, string Rule);

/// <summary>
/// The promise, measured: some of the applied invalidations are looked at again after 0.1, 1, 10 and 60 seconds. A value older than the fence
/// is counted, logged with key, offset and transaction, and removed.
/// </summary>
internal sealed class Auditor(IConnectionMultiplexer redis, int every, SinkMetrics metrics, Outages outages, ILogger logger, TimeProvider time)
{
    private const int HeaderMax = 65_536;

    private static readonly TimeSpan[] Looks = [TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60)];

    private readonly Channel<AuditSample> _samples = Channel.CreateBounded<AuditSample>(new BoundedChannelOptions(1024) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Takes one of every so many keys.</summary>
    public void Offer(AuditSample sample)
    {
        if (every > 0 && sample.Applied.Offset % every == 0 && !sample.Applied.IsTag)
        {
            _samples.Writer.TryWrite(sample);
        }
    }

    /// <summary>Audits until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var due = new PriorityQueue<(AuditSample Sample, int Look, long Begun), TimeSpan>();
        var begin = time.GetTimestamp();
        while (true)
        {
            while (_samples.Reader.TryRead(out var sample))
            {
                due.Enqueue((sample, 0, time.GetTimestamp()), time.GetElapsedTime(begin) + Looks[0]);
            }

            while (due.TryPeek(out var next, out var at) && at <= time.GetElapsedTime(begin))
            {
                due.Dequeue();
                await LookAsync(next.Sample);
                if (next.Look + 1 < Looks.Length)
                {
                    due.Enqueue(next with { Look = next.Look + 1 }, time.GetElapsedTime(begin, next.Begun) + Looks[next.Look + 1]);
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), time, stop);
        }
    }

    private async Task LookAsync(AuditSample sample)
    {
        try
        {
            var (key, slot) = (sample.Applied.Target, CacheSlot.Of(sample.Applied.Target));
            var database = redis.GetDatabase();
            // The fence first: it only rises, so a value read after it is judged by no more than what was applied.
            var fence = await database.HashGetAsync(CacheKeys.Fence(slot.Number), ["e", slot.Cell, "l"], CommandFlags.DemandMaster);
            var value = (byte[]?)await database.StringGetRangeAsync(key, 0, HeaderMax, CommandFlags.DemandMaster);
            metrics.Audited(sample.Rule);
            if (AuditVerdict.IsSurvivor(Cell(fence), Stored(value, sample.Lane), sample.Applied.Offset, sample.Applied.Xid) && Cell(fence)?.Epoch == sample.Epoch)
            {
                await database.KeyDeleteAsync(key, CommandFlags.DemandMaster);
                metrics.Survived(sample.Rule);
                Log.Survivor(logger, SinkErrors.Survivor.With($"{key}: lane {sample.Lane}, offset {sample.Applied.Offset}, xid {sample.Applied.Xid}.").Message);
            }
        }
        catch (RedisServerException exception) when (exception.Message.StartsWith("WRONGTYPE", StringComparison.Ordinal))
        {
            // Somebody keeps another type under this key: no value of ours, so nothing that could be served.
            metrics.Audited(sample.Rule);
        }
        catch (Exception exception) when (RedisFaults.IsFault(exception))
        {
            outages.Down(RedisFaults.Classify(exception));
        }
    }

    private static FenceCell? Cell(RedisValue[] fields) => fields[0].TryParse(out long epoch)
        ? new FenceCell(epoch, fields[1].TryParse(out long version) || fields[2].TryParse(out version) ? version : null)
        : null;

    private static StoredValue? Stored(byte[]? value, int lane) => value is { Length: > 0 } ? ValueHeader.Read(value, out _)?.SeenFrom(lane) : null;
}
