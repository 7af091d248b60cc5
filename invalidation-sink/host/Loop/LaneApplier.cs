using System.Collections.Immutable;
using Confluent.Kafka;
using Streams.Cache.Protocol;
using Streams.Core.Errors;
using Streams.InvalidationSink.Host.Kafka;
using Streams.InvalidationSink.Host.Observing;
using Streams.InvalidationSink.Host.Records;
using Streams.InvalidationSink.Lanes;

namespace Streams.InvalidationSink.Host.Loop;

/// <summary>What became of the records of one lane.</summary>
/// <param name="Step">The lane afterwards; null: a record names nothing, so that everything has to die.</param>
/// <param name="Records">Decoded records.</param>
/// <param name="Batch">The batch as applied; null if nothing was.</param>
/// <param name="Removed">Keys that held an older value.</param>
internal sealed record LaneOutcome(LaneStep? Step, ImmutableArray<DecodedRecord> Records, ApplyBatch? Batch, ImmutableArray<string> Removed);

/// <summary>Decode, park what is bad, APPLY: for one lane at a time; lanes do not wait for each other.</summary>
internal sealed class LaneApplier(RecordDecoder decoder, DeadLetters deadLetters, SinkObservers observers)
{
    /// <summary>Applies what was read of a lane. Faults mean that nothing may be assumed about the batch: it is read again.</summary>
    public async Task<LaneOutcome> ApplyAsync(
        SinkLane lane, List<ConsumeResult<byte[], byte[]>> read, IFenceStore store, int lanes, ulong xmax, CancellationToken cancellationToken)
    {
        var records = ImmutableArray.CreateBuilder<DecodedRecord>(read.Count);
        foreach (var record in read.Where(record => record.Offset.Value >= lane.Next))
        {
            var decoded = await decoder.DecodeAsync(record, lanes);
            if (decoded.Poison is { } poison)
            {
                await ParkAsync(record, poison, cancellationToken);
            }

            if (decoded.Record is null)
            {
                return new LaneOutcome(null, [], null, []);
            }

            records.Add(decoded.Record);
        }

        return await ApplyAsync(lane, records.ToImmutable(), Batch(records, read[^1], xmax), store, cancellationToken);
    }

    private static async Task<LaneOutcome> ApplyAsync(
        SinkLane lane, ImmutableArray<DecodedRecord> records, LaneBatch batch, IFenceStore store, CancellationToken cancellationToken)
    {
        var taken = LaneMachine.Take(lane, batch);
        if (taken.Effects.OfType<LaneEffect.Apply>().SingleOrDefault() is not { } apply)
        {
            return new LaneOutcome(taken, [], null, []);
        }

        var answer = await store.ApplyAsync(apply.Batch, cancellationToken);
        var step = LaneMachine.Answer(taken.Lane, batch, answer);
        return answer is ApplyResult.Applied applied
            ? new LaneOutcome(step, records, apply.Batch, applied.Removed)
            : new LaneOutcome(step, [], null, []);
    }

    private static LaneBatch Batch(IReadOnlyCollection<DecodedRecord> records, ConsumeResult<byte[], byte[]> last, ulong xmax) => new(
        [.. records.Select(record => record.ToInvalidation(xmax))],
        [.. records.Select(record => record.ToXid(xmax)).OfType<LaneXid>()],
        last.Offset.Value + 1,
        last.LeaderEpoch);

    private async Task ParkAsync(ConsumeResult<byte[], byte[]> record, StreamsException poison, CancellationToken cancellationToken)
    {
        await deadLetters.ParkAsync(record, poison, cancellationToken);
        observers.Metrics.Parked(poison.Error.Code);
        Log.Parked(observers.Logger, poison.Message);
    }
}
