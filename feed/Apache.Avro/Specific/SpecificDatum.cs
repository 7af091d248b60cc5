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
    private readonly DatumReader _reader = new(new SpecificFactory(typeof(T).Assembly));

    /// <summary>Reads one value.</summary>
    public T Read(T? reuse, BinaryDecoder decoder) => (T)_reader.Read(writerSchema, readerSchema, decoder)!;
}

/// <summary>Finds generated types by the full name of their schema.</summary>
internal sealed class SpecificFactory(Assembly assembly) : IObjectFactory
{
    private readonly ConcurrentDictionary<string, Type> _types = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(EnumSchema, string), object> _symbols = new();
    private readonly ConcurrentDictionary<Schema, Func<object>> _lists = new();
    private readonly ConcurrentDictionary<Schema, Func<object>> _maps = new();

    public object NewRecord(RecordSchema schema) => Activator.CreateInstance(TypeOf(schema))!;

    public void Put(object record, Field field, object? value) => ((ISpecificRecord)record).Put(field.Pos, value!);

    public object NewEnum(EnumSchema schema, string symbol) => _symbols.GetOrAdd((schema, symbol), known => Enum.Parse(TypeOf(known.Item1), known.Item2));

    public IList NewList(Schema itemSchema) =>
        (IList)_lists.GetOrAdd(itemSchema, item => Constructor(typeof(List<>).MakeGenericType(ClrType(item))))();

    public IDictionary NewMap(Schema valueSchema) =>
        (IDictionary)_maps.GetOrAdd(valueSchema, value => Constructor(typeof(Dictionary<,>).MakeGenericType(typeof(string), ClrType(value))))();

    private static Func<object> Constructor(Type type) => System.Linq.Expressions.Expression.Lambda<Func<object>>(System.Linq.Expressions.Expression.New(type)).Compile();

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
