using System.Collections;
using Avro.Generic;
using Avro.IO;
using Avro.Specific;

namespace Avro;

/// <summary>Writes a value by its schema; generic and specific records alike.</summary>
internal static class DatumWriter
{
    public static void Write(Schema schema, object? value, BinaryEncoder encoder)
    {
        switch (schema)
        {
            case LogicalSchema logical:
                Write(logical.BaseSchema, value is null ? null : Logical.ToBase(logical, value), encoder);
                break;
            case UnionSchema union:
                WriteUnion(union, value, encoder);
                break;
            case RecordSchema record:
                WriteRecord(record, value, encoder);
                break;
            case EnumSchema symbols:
                encoder.WriteInt(value is Enum ? symbols.Ordinal(value.ToString()!) : symbols.Ordinal(Cast<GenericEnum>(value, schema).Value));
                break;
            case FixedSchema:
                encoder.WriteFixed(Cast<GenericFixed>(value, schema).Value);
                break;
            case ArraySchema array:
                WriteBlocks(Cast<IEnumerable>(value, schema).Cast<object?>().ToList(), item => Write(array.ItemSchema, item, encoder), encoder);
                break;
            case MapSchema map:
                WriteBlocks(Entries(Cast<IDictionary>(value, schema)), entry => WriteEntry(map, entry, encoder), encoder);
                break;
            default:
                WritePrimitive(schema, value, encoder);
                break;
        }
    }

    private static void WritePrimitive(Schema schema, object? value, BinaryEncoder encoder)
    {
        switch (schema.Tag, value)
        {
            case (Schema.Type.Null, null):
                break;
            case (Schema.Type.Boolean, bool flag):
                encoder.WriteBoolean(flag);
                break;
            case (Schema.Type.Int, int number):
                encoder.WriteInt(number);
                break;
            case (Schema.Type.Long, long or int):
                encoder.WriteLong(Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture));
                break;
            case (Schema.Type.Float, float number):
                encoder.WriteFloat(number);
                break;
            case (Schema.Type.Double, double number):
                encoder.WriteDouble(number);
                break;
            case (Schema.Type.Bytes, byte[] bytes):
                encoder.WriteBytes(bytes);
                break;
            case (Schema.Type.String, string text):
                encoder.WriteString(text);
                break;
            default:
                throw new AvroTypeException($"{value?.GetType().Name ?? "null"} is not {schema.Name}.");
        }
    }

    private static void WriteRecord(RecordSchema schema, object? value, BinaryEncoder encoder)
    {
        foreach (var field in schema.Fields)
        {
            var content = value switch
            {
                ISpecificRecord record => record.Get(field.Pos),
                GenericRecord record => record.GetValue(field.Pos),
                _ => throw new AvroTypeException($"{value?.GetType().Name ?? "null"} is not {schema.Fullname}."),
            };
            try
            {
                Write(field.Schema, content, encoder);
            }
            catch (AvroTypeException exception)
            {
                throw new AvroTypeException($"{exception.Message} in field {field.Name}");
            }
        }
    }

    private static void WriteUnion(UnionSchema union, object? value, BinaryEncoder encoder)
    {
        for (var i = 0; i < union.Count; i++)
        {
            if (Matches(union[i], value))
            {
                encoder.WriteInt(i);
                Write(union[i], value, encoder);
                return;
            }
        }

        throw new AvroTypeException($"{value?.GetType().Name ?? "null"} is in no branch of {union}.");
    }

    private static bool Matches(Schema schema, object? value) => (schema, value) switch
    {
        (LogicalSchema logical, not null) => Logical.ClrType(logical).IsInstanceOfType(value) || Matches(logical.BaseSchema, value),
        (RecordSchema record, ISpecificRecord specific) => specific.Schema.Fullname == record.Fullname,
        (RecordSchema record, GenericRecord generic) => generic.Schema.Fullname == record.Fullname,
        (EnumSchema, Enum or GenericEnum) or (FixedSchema, GenericFixed) or (MapSchema, IDictionary) => true,
        (ArraySchema, IEnumerable) => value is not (string or byte[] or IDictionary),
        (PrimitiveSchema, _) => (schema.Tag, value) is (Schema.Type.Null, null) or (Schema.Type.Boolean, bool) or (Schema.Type.Int, int)
            or (Schema.Type.Long, long) or (Schema.Type.Float, float) or (Schema.Type.Double, double) or (Schema.Type.Bytes, byte[]) or (Schema.Type.String, string),
        _ => false,
    };

    private static void WriteEntry(MapSchema map, (string Key, object? Value) entry, BinaryEncoder encoder)
    {
        encoder.WriteString(entry.Key);
        Write(map.ValueSchema, entry.Value, encoder);
    }

    private static void WriteBlocks<T>(List<T> items, Action<T> write, BinaryEncoder encoder)
    {
        if (items.Count > 0)
        {
            encoder.WriteLong(items.Count);
            items.ForEach(write);
        }

        encoder.WriteLong(0);
    }

    private static List<(string Key, object? Value)> Entries(IDictionary map)
    {
        var entries = new List<(string, object?)>(map.Count);
        foreach (DictionaryEntry entry in map)
        {
            entries.Add(((string)entry.Key, entry.Value));
        }

        return entries;
    }

    private static T Cast<T>(object? value, Schema schema)
        where T : class => value as T ?? throw new AvroTypeException($"{value?.GetType().Name ?? "null"} is not {schema.Name}.");
}
