using System.Collections;
using Avro.IO;

namespace Avro.Generic;

/// <summary>Writes generic values.</summary>
public sealed class GenericDatumWriter<T>(Schema schema)
{
    /// <summary>Schema written by.</summary>
    public Schema Schema { get; } = schema;

    /// <summary>Writes one value.</summary>
    public void Write(T datum, BinaryEncoder encoder) => DatumWriter.Write(Schema, datum, encoder);
}

/// <summary>Reads generic values.</summary>
public sealed class GenericDatumReader<T>(Schema writerSchema, Schema readerSchema)
{
    private readonly DatumReader _reader = new(GenericFactory.Instance);

    /// <summary>Reads one value.</summary>
    public T Read(T? reuse, BinaryDecoder decoder) => (T)_reader.Read(writerSchema, readerSchema, decoder)!;
}

internal sealed class GenericFactory : IObjectFactory
{
    public static readonly GenericFactory Instance = new();

    public object NewRecord(RecordSchema schema) => new GenericRecord(schema);

    public void Put(object record, Field field, object? value) => ((GenericRecord)record).Add(field.Pos, value);

    public object NewEnum(EnumSchema schema, string symbol) => new GenericEnum(schema, symbol);

    public IList NewList(Schema itemSchema) => new List<object?>();

    public IDictionary NewMap(Schema valueSchema) => new Dictionary<string, object?>(StringComparer.Ordinal);
}
