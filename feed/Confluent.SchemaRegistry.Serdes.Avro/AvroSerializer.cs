using System.Buffers.Binary;
using System.Collections.Concurrent;
using Avro.Generic;
using Avro.IO;
using Avro.Specific;
using Confluent.Kafka;

namespace Confluent.SchemaRegistry.Serdes;

/// <summary>Writes magic byte 0, the schema's id as four big-endian bytes, then Avro's binary encoding.</summary>
/// <typeparam name="T">A generated record or <see cref="GenericRecord"/>.</typeparam>
public class AvroSerializer<T>(ISchemaRegistryClient schemaRegistryClient, AvroSerializerConfig? config = null) : IAsyncSerializer<T>
{
    private readonly AvroSerializerConfig _config = config ?? new AvroSerializerConfig();
    private readonly ConcurrentDictionary<(Avro.Schema Schema, string Subject), int> _ids = new();

    /// <inheritdoc/>
    public async Task<byte[]> SerializeAsync(T value, SerializationContext context)
    {
        if (value is null)
        {
            return null!;
        }

        var schema = value switch
        {
            ISpecificRecord specific => specific.Schema,
            GenericRecord generic => generic.Schema,
            _ => throw new InvalidOperationException($"{typeof(T).Name} is neither a generated nor a generic record."),
        };
        var subject = (_config.SubjectNameStrategy ?? SubjectNameStrategy.Topic).ConstructSubjectName(context, schema.Fullname);
        if (!_ids.TryGetValue((schema, subject), out var id))
        {
            var text = new Schema(schema.ToString(), SchemaType.Avro);
            id = _config.AutoRegisterSchemas ?? true
                ? await schemaRegistryClient.RegisterSchemaAsync(subject, text, _config.NormalizeSchemas ?? false).ConfigureAwait(false)
                : await schemaRegistryClient.GetSchemaIdAsync(subject, text, _config.NormalizeSchemas ?? false).ConfigureAwait(false);
            _ids[(schema, subject)] = id;
        }

        return Write(schema, id, value);
    }

    private byte[] Write(Avro.Schema schema, int id, T value)
    {
        using var stream = new MemoryStream(_config.BufferBytes ?? 1024);
        Span<byte> head = stackalloc byte[5];
        BinaryPrimitives.WriteInt32BigEndian(head[1..], id);
        stream.Write(head);
        new SpecificDatumWriter<T>(schema).Write(value, new BinaryEncoder(stream));
        return stream.ToArray();
    }
}
