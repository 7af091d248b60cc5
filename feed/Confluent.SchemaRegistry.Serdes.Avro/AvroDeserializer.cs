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
    private readonly ConcurrentDictionary<SchemaName, Func<BinaryDecoder, T>> _readers = new();
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

        var (name, body) = Frame(data, context);
        if (!_readers.TryGetValue(name, out var read))
        {
            var schema = name.Guid is { } guid
                ? await schemaRegistryClient.GetSchemaByGuidAsync(guid.ToString()).ConfigureAwait(false)
                : await schemaRegistryClient.GetSchemaAsync(name.Id).ConfigureAwait(false);
            read = _readers[name] = Reader(Avro.Schema.Parse(schema.SchemaString));
        }

        using var stream = new MemoryStream(body.ToArray(), writable: false);
        return read(new BinaryDecoder(stream));
    }

    private static readonly Lazy<Avro.Schema> ReaderSchema = new(() => ((ISpecificRecord)Activator.CreateInstance(typeof(T))!).Schema);

    private static Func<BinaryDecoder, T> Reader(Avro.Schema writer)
    {
        if (typeof(T) == typeof(GenericRecord))
        {
            var generic = new GenericDatumReader<T>(writer, writer);
            return decoder => generic.Read(default, decoder);
        }

        var specific = new SpecificDatumReader<T>(writer, ReaderSchema.Value);
        return decoder => specific.Read(default, decoder);
    }

    private static (SchemaName Name, ReadOnlyMemory<byte> Body) Frame(ReadOnlyMemory<byte> data, SerializationContext context)
    {
        var header = context.Component == MessageComponentType.Key ? "__key_schema_id" : "__value_schema_id";
        if (context.Headers is { } headers && headers.TryGetLastBytes(header, out var named) && named is { Length: 17 } && named[0] == MagicGuid)
        {
            return (new SchemaName(0, new Guid(named.AsSpan(1), bigEndian: true)), data);
        }

        if (data.Length >= 5 && data.Span[0] == MagicId)
        {
            return (new SchemaName(BinaryPrimitives.ReadInt32BigEndian(data.Span[1..]), null), data[5..]);
        }

        if (data.Length >= 17 && data.Span[0] == MagicGuid)
        {
            return (new SchemaName(0, new Guid(data.Span[1..17], bigEndian: true)), data[17..]);
        }

        throw new InvalidDataException($"Expecting data framing of at least 5 bytes with magic byte 0, or 17 with 1, but got {data.Length} bytes.");
    }

    private readonly record struct SchemaName(int Id, Guid? Guid);
}
