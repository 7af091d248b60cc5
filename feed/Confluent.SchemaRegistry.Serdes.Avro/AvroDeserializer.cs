using System.Buffers.Binary;
using System.Collections.Concurrent;
using Avro.Generic;
using Avro.IO;
using Avro.Specific;
using Confluent.Kafka;

namespace Confluent.SchemaRegistry.Serdes;

/// <summary>
/// Reads what <see cref="AvroSerializer{T}"/> writes, and the forms that name the schema by GUID: magic byte 1 with sixteen bytes before the data,
/// or the same seventeen bytes in the header <c>__key_schema_id</c> or <c>__value_schema_id</c>.
/// </summary>
/// <typeparam name="T">A generated record or <see cref="GenericRecord"/>.</typeparam>
public class AvroDeserializer<T>(ISchemaRegistryClient schemaRegistryClient, AvroDeserializerConfig? config = null) : IAsyncDeserializer<T>
{
    private const byte MagicId = 0;
    private const byte MagicGuid = 1;
    private readonly ConcurrentDictionary<string, Avro.Schema> _writers = new();
    private readonly AvroDeserializerConfig? _config = config;

    /// <summary>Settings given.</summary>
    public AvroDeserializerConfig? Config => _config;

    /// <inheritdoc/>
    public async Task<T> DeserializeAsync(ReadOnlyMemory<byte> data, bool isNull, SerializationContext context)
    {
        if (isNull)
        {
            return default!;
        }

        var (writer, body) = await WriterAsync(data, context).ConfigureAwait(false);
        using var stream = new MemoryStream(body.ToArray(), writable: false);
        var decoder = new BinaryDecoder(stream);
        return typeof(T) == typeof(GenericRecord)
            ? new GenericDatumReader<T>(writer, writer).Read(default, decoder)
            : new SpecificDatumReader<T>(writer, ReaderSchema.Value).Read(default, decoder);
    }

    private static readonly Lazy<Avro.Schema> ReaderSchema = new(() => ((ISpecificRecord)Activator.CreateInstance(typeof(T))!).Schema);

    private async Task<(Avro.Schema Writer, ReadOnlyMemory<byte> Body)> WriterAsync(ReadOnlyMemory<byte> data, SerializationContext context)
    {
        var header = context.Component == MessageComponentType.Key ? "__key_schema_id" : "__value_schema_id";
        if (context.Headers is { } headers && headers.TryGetLastBytes(header, out var named) && named is { Length: 17 } && named[0] == MagicGuid)
        {
            return (await ByGuidAsync(named.AsMemory(1)).ConfigureAwait(false), data);
        }

        if (data.Length >= 5 && data.Span[0] == MagicId)
        {
            var id = BinaryPrimitives.ReadInt32BigEndian(data.Span[1..]);
            return (await CachedAsync($"id {id}", () => schemaRegistryClient.GetSchemaAsync(id)).ConfigureAwait(false), data[5..]);
        }

        if (data.Length >= 17 && data.Span[0] == MagicGuid)
        {
            return (await ByGuidAsync(data[1..17]).ConfigureAwait(false), data[17..]);
        }

        throw new InvalidDataException($"Expecting data framing of at least 5 bytes with magic byte 0, or 17 with 1, but got {data.Length} bytes.");
    }

    private Task<Avro.Schema> ByGuidAsync(ReadOnlyMemory<byte> bytes)
    {
        var guid = new Guid(bytes.Span, bigEndian: true).ToString();
        return CachedAsync($"guid {guid}", () => schemaRegistryClient.GetSchemaByGuidAsync(guid));
    }

    private async Task<Avro.Schema> CachedAsync(string name, Func<Task<Schema>> fetch)
    {
        if (!_writers.TryGetValue(name, out var schema))
        {
            schema = Avro.Schema.Parse((await fetch().ConfigureAwait(false)).SchemaString);
            _writers[name] = schema;
        }

        return schema;
    }
}
