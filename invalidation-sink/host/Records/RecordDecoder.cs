using Confluent.Kafka;
using Streams.Core.Errors;
using Streams.Core.Fencing;
using Streams.Schemas;
using Streams.Schemas.Serdes;

namespace Streams.InvalidationSink.Host.Records;

/// <summary>A record, or what is left of it.</summary>
/// <param name="Record">Null: nothing of it says what it named.</param>
/// <param name="Poison">Why it has to be parked; null for a good record.</param>
internal readonly record struct Decoded(DecodedRecord? Record, StreamsException? Poison);

/// <summary>
/// Decodes lane records. A lost invalidation is a stale survivor, so nothing is skipped: if only the value is bad the target of the key is
/// invalidated; if nothing says what the record named, everything has to be.
/// </summary>
/// <param name="topic">Serdes of the topic.</param>
internal sealed class RecordDecoder(AvroTopic<InvalidationKey, InvalidationEvent> topic)
{
    /// <summary>Decodes one record.</summary>
    /// <exception cref="StreamsException">Transient: the registry does not answer; nothing about the record is known yet.</exception>
    public async Task<Decoded> DecodeAsync(ConsumeResult<byte[], byte[]> record, int lanes)
    {
        var decoded = await ReadAsync(record);
        if (decoded.Record is { } known && CacheSlot.Of(known.Target).Lane(lanes) != record.Partition.Value)
        {
            return new Decoded(null, SinkErrors.WrongLane.With($"Lane {record.Partition.Value}, offset {record.Offset.Value}."));
        }

        return decoded;
    }

    private async Task<Decoded> ReadAsync(ConsumeResult<byte[], byte[]> record)
    {
        var headers = record.Message.Headers;
        var (value, valueFault) = await TryAsync(record.Message.Value, bytes => topic.ReadValueAsync(bytes, headers));
        if (value is not null)
        {
            return new Decoded(new DecodedRecord(record.Offset.Value, value.target, value.kind == TargetKind.TAG, value), null);
        }

        var (key, _) = await TryAsync(record.Message.Key, bytes => topic.ReadKeyAsync(bytes, headers));
        var poison = SinkErrors.Undecodable.With($"Lane {record.Partition.Value}, offset {record.Offset.Value}: {valueFault!.Message}", valueFault);
        // Values are escaped when they are put into a key, so that a wildcard can only come from a pattern.
        return new Decoded(key is null ? null : new DecodedRecord(record.Offset.Value, key.target, key.target.Contains('*', StringComparison.Ordinal), null), poison);
    }

    private static async Task<(T? Value, Exception? Fault)> TryAsync<T>(byte[]? bytes, Func<ReadOnlyMemory<byte>, Task<T>> read)
        where T : class
    {
        if (bytes is null)
        {
            return (null, SchemaErrors.Undecodable.With("It is empty."));
        }

        try
        {
            return (await read(bytes), null);
        }
        catch (StreamsException exception) when (exception.Error.Kind == ErrorKind.Poison)
        {
            return (null, exception);
        }
    }
}
