using Avro.Generic;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using Streams.Core.Errors;
using Streams.Core.Rules;
using Streams.Debezium;
using Streams.Schemas;

namespace Streams.Processors.Host;

/// <summary>
/// A raw record's change, whichever converter the connector uses: the first byte tells JSON from Confluent's wire format. A tombstone has none.
/// </summary>
internal sealed class RawDecoder(ISchemaRegistryClient registry, DecimalEncoding decimals)
{
    private const string SchemaHeader = "__value_schema_id";

    private readonly AvroDeserializer<GenericRecord> _avro = new(registry);

    /// <exception cref="StreamsException">STR2001, STR2002: poison. STR6001: the registry does not answer, try again.</exception>
    public ValueTask<ChangeEvent> DecodeAsync(ConsumeResult<byte[]?, byte[]?> record)
    {
        var value = record.Message.Value!;
        return IsAvro(value, record.Message.Headers) ? DecodeAvroAsync(record) : ValueTask.FromResult(JsonEnvelope.Decode(value, decimals));
    }

    private static bool IsAvro(byte[] value, Headers? headers) =>
        (value.Length > 0 && value[0] is 0 or 1) || (headers?.TryGetLastBytes(SchemaHeader, out _) ?? false);

    private async ValueTask<ChangeEvent> DecodeAvroAsync(ConsumeResult<byte[]?, byte[]?> record) => AvroEnvelope.Read(await ReadAvroAsync(record));

    private async Task<GenericRecord> ReadAvroAsync(ConsumeResult<byte[]?, byte[]?> record)
    {
        try
        {
            return await _avro.DeserializeAsync(
                record.Message.Value, false, new SerializationContext(MessageComponentType.Value, record.Topic, record.Message.Headers));
        }
        catch (SchemaRegistryException exception) when ((int)exception.Status is 404 or 422)
        {
            throw ChangeErrors.Undecodable.With(exception.Message, exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException or SchemaRegistryException)
        {
            throw SchemaErrors.RegistryUnreachable.With(exception.Message, exception);
        }
        catch (Exception exception)
        {
            // Whatever the bytes made of the decoder.
            throw ChangeErrors.Undecodable.With(exception.Message, exception);
        }
    }
}
