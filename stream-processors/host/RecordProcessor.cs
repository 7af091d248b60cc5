using System.Text;
using Confluent.Kafka;
using Streams.Core.Errors;
using Streams.Core.Fencing;
using Streams.Core.Rules;
using Streams.Debezium;
using Streams.Schemas;
using Streams.Schemas.Serdes;

namespace Streams.Processors.Host;

/// <summary>An invalidation in its bytes, and the lane that it goes to.</summary>
internal sealed record Outgoing(int Lane, Message<byte[]?, byte[]?> Message);

/// <summary>What one raw record comes to.</summary>
/// <param name="Invalidations">In order.</param>
/// <param name="Parked">Set when the record is poison.</param>
/// <param name="Again">The invalidations are sent a second time after a barrier: their transaction is not known.</param>
/// <param name="CommitTimeMicros">Time of the change.</param>
internal sealed record Outcome(IReadOnlyList<Outgoing> Invalidations, ParkReason? Parked, bool Again, long CommitTimeMicros);

/// <summary>
/// Raw record → invalidations. A record that cannot be used is parked, and every value of its table is invalidated: what it would have named is not
/// known, and a lost invalidation would be a stale value for good.
/// </summary>
internal sealed class RecordProcessor(
    Normalizer normalizer, string prefix, int laneCount, RawDecoder decoder, AvroTopic<InvalidationKey, InvalidationEvent> output)
{
    /// <exception cref="StreamsException">Only transient ones: nothing was done, try again.</exception>
    public async Task<Outcome> ProcessAsync(ConsumeResult<byte[]?, byte[]?> record)
    {
        ChangeEvent change;
        try
        {
            change = await decoder.DecodeAsync(record);
        }
        catch (StreamsException exception) when (exception.Error.Kind == ErrorKind.Poison)
        {
            var source = UnknownSource(record.Topic, record.Message.Timestamp.UnixTimestampMs * 1000);
            return await PoisonAsync(record, source, new ParkReason(exception, "VALUE_CONVERTER", null), again: true);
        }

        return await NormalizeAsync(record, change);
    }

    /// <summary>Everything that rows of a raw topic's table could have made stale.</summary>
    public async Task<IReadOnlyList<Outgoing>> BroadAsync(SourcePosition position, long timeMicros) =>
        await EncodeAsync(normalizer.Broad(UnknownSource(position.Topic, timeMicros), ChangeOperation.Truncate), position, null);

    private async Task<Outcome> NormalizeAsync(ConsumeResult<byte[]?, byte[]?> record, ChangeEvent change)
    {
        IReadOnlyList<InvalidationDraft> drafts;
        try
        {
            drafts = normalizer.Normalize(change);
        }
        catch (StreamsException exception) when (exception.Error.Kind == ErrorKind.Poison)
        {
            return await PoisonAsync(record, change.Source, new ParkReason(exception, "TRANSFORMATION", change.Source.Lsn), again: false);
        }
        catch (Exception exception) when (exception is InvalidOperationException or FormatException or OverflowException or ArgumentException)
        {
            // A value that nobody has thought of must not stop the pipeline at its record for ever.
            var cause = ChangeErrors.UnsupportedValue.With(exception.GetType().Name + ".", exception);
            return await PoisonAsync(record, change.Source, new ParkReason(cause, "TRANSFORMATION", change.Source.Lsn), again: false);
        }

        return new Outcome(await EncodeAsync(drafts, Position(record), TraceParent(record)), null, false, change.Source.CommitTimeMicros);
    }

    private async Task<Outcome> PoisonAsync(ConsumeResult<byte[]?, byte[]?> record, ChangeSource source, ParkReason reason, bool again)
    {
        var drafts = normalizer.Broad(source, ChangeOperation.Truncate);
        return new Outcome(await EncodeAsync(drafts, Position(record), TraceParent(record)), reason, again, source.CommitTimeMicros);
    }

    private async Task<IReadOnlyList<Outgoing>> EncodeAsync(IReadOnlyList<InvalidationDraft> drafts, SourcePosition position, string? traceparent)
    {
        if (drafts.Count == 0)
        {
            return [];
        }

        var outgoing = new Outgoing[drafts.Count];
        for (var i = 0; i < drafts.Count; i++)
        {
            var key = await output.WriteKeyAsync(InvalidationRecord.Key(drafts[i]));
            var value = await output.WriteValueAsync(InvalidationRecord.Value(drafts[i], position, traceparent));
            outgoing[i] = new Outgoing(
                CacheSlot.Of(drafts[i].Target).Lane(laneCount), new Message<byte[]?, byte[]?> { Key = key, Value = value, Headers = Trace(traceparent) });
        }

        return outgoing;
    }

    /// <summary>The table is known from the topic; the transaction is not.</summary>
    private ChangeSource UnknownSource(string topic, long timeMicros)
    {
        var table = topic[(prefix.Length + 1)..];
        var dot = table.IndexOf('.', StringComparison.Ordinal);
        return new ChangeSource(table[..dot], table[(dot + 1)..], null, null, timeMicros, IsSnapshot: true);
    }

    private static SourcePosition Position(ConsumeResult<byte[]?, byte[]?> record) => new(record.Topic, record.Partition.Value, record.Offset.Value);

    private static string? TraceParent(ConsumeResult<byte[]?, byte[]?> record) =>
        record.Message.Headers is { } headers && headers.TryGetLastBytes("traceparent", out var value) && value is not null ? Encoding.UTF8.GetString(value) : null;

    private static Headers? Trace(string? traceparent) =>
        traceparent is null ? null : new Headers { { "traceparent", Encoding.UTF8.GetBytes(traceparent) } };
}
