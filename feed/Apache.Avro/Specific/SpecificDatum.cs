using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using Avro.IO;

namespace Avro.Specific;

/// <summary>Writes generated records.</summary>
public sealed class SpecificDatumWriter<T>(Schema schema)
{
    /// <summary>Schema written by.</summary>
    public Schema Schema { get; } = schema;

    /// <summary>Writes one value.</summary>
    public void Write(T datum, BinaryEncoder encoder) => DatumWriter.Write(Schema, datum, encoder);
}

/// <summary>Reads generated records.</summary>
public sealed class SpecificDatumReader<T>(Schema writerSchema, Schema readerSchema)
{
    private readonly SpecificFactory _factory = new(typeof(T).Assembly);

    /// <summary>Reads one value.</summary>
    public T Read(T? reuse, BinaryDecoder decoder) => (T)new DatumReader(_factory).Read(writerSchema, readerSchema, decoder)!;
}

/// <summary>Finds generated types by the full name of their schema.</summary>
internal sealed class SpecificFactory(Assembly assembly) : IObjectFactory
{
    private readonly ConcurrentDictionary<string, Type> _types = new(StringComparer.Ordinal);

    public object NewRecord(RecordSchema schema) => Activator.CreateInstance(TypeOf(schema))!;

    public void Put(object record, Field field, object? value) => ((ISpecificRecord)record).Put(field.Pos, value!);

    public object NewEnum(EnumSchema schema, string symbol) => Enum.Parse(TypeOf(schema), symbol);

    public IList NewList(Schema itemSchema) => (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(ClrType(itemSchema)))!;

    public IDictionary NewMap(Schema valueSchema) =>
        (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), ClrType(valueSchema)))!;

    private Type TypeOf(NamedSchema schema) => _types.GetOrAdd(
        schema.Fullname, name => assembly.GetType(name) ?? throw new AvroException($"{assembly.GetName().Name} has no type {name}."));

    private Type ClrType(Schema schema) => schema switch
    {
        LogicalSchema logical => Logical.ClrType(logical),
        NamedSchema named => named is FixedSchema ? typeof(Generic.GenericFixed) : TypeOf(named),
        _ => schema.Tag switch
        {
            Schema.Type.Boolean => typeof(bool),
            Schema.Type.Int => typeof(int),
            Schema.Type.Long => typeof(long),
            Schema.Type.Float => typeof(float),
            Schema.Type.Double => typeof(double),
            Schema.Type.Bytes => typeof(byte[]),
            Schema.Type.String => typeof(string),
            _ => typeof(object),
        },
    };
}
