using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Avro.Generic;
using Avro.IO;

namespace Avro;

/// <summary>How values of a reader's schema become objects: generic ones, or types generated from the schema.</summary>
internal interface IObjectFactory
{
    object NewRecord(RecordSchema schema);

    void Put(object record, Field field, object? value);

    object NewEnum(EnumSchema schema, string symbol);

    IList NewList(Schema itemSchema);

    IDictionary NewMap(Schema valueSchema);
}

/// <summary>Reads what one schema wrote as values of another. How two records meet is found out once; one reader serves all threads.</summary>
internal sealed class DatumReader(IObjectFactory factory)
{
    private const int MaxDepth = 64;
    private readonly ConcurrentDictionary<(RecordSchema Writer, RecordSchema Reader), RecordPlan> _plans = new();

    public object? Read(Schema writer, Schema reader, BinaryDecoder decoder)
    {
        if (++decoder.Depth > MaxDepth)
        {
            throw new AvroException("The data is nested too deeply.");
        }

        var value = ReadNested(writer, reader, decoder);
        decoder.Depth--;
        return value;
    }

    private object? ReadNested(Schema writer, Schema reader, BinaryDecoder decoder)
    {
        if (writer is UnionSchema written)
        {
            var index = decoder.ReadInt();
            return index >= 0 && index < written.Count
                ? Read(written[index], reader, decoder)
                : throw new AvroException($"Branch {index} of a union of {written.Count}.");
        }

        if (reader is UnionSchema union)
        {
            return Read(writer, Resolution.Branch(union, writer) ?? throw Mismatch(writer, reader), decoder);
        }

        if (reader is LogicalSchema logical)
        {
            return Logical.FromBase(logical, Read(Resolution.Unwrap(writer), logical.BaseSchema, decoder)!);
        }

        return ReadBase(Resolution.Unwrap(writer), reader, decoder);
    }

    private object? ReadBase(Schema writer, Schema reader, BinaryDecoder decoder) => (writer, reader) switch
    {
        (PrimitiveSchema, PrimitiveSchema) => Promote(ReadPrimitive(writer, decoder), reader, writer),
        (RecordSchema w, RecordSchema r) => ReadRecord(w, r, decoder),
        (EnumSchema w, EnumSchema r) => ReadEnum(w, r, decoder),
        (FixedSchema w, FixedSchema r) when w.Size == r.Size => ReadFixed(r, decoder),
        (ArraySchema w, ArraySchema r) => ReadArray(w, r, decoder),
        (MapSchema w, MapSchema r) => ReadMap(w, r, decoder),
        _ => throw Mismatch(writer, reader),
    };

    private static object? ReadPrimitive(Schema schema, BinaryDecoder decoder) => schema.Tag switch
    {
        Schema.Type.Null => null,
        Schema.Type.Boolean => decoder.ReadBoolean(),
        Schema.Type.Int => decoder.ReadInt(),
        Schema.Type.Long => decoder.ReadLong(),
        Schema.Type.Float => decoder.ReadFloat(),
        Schema.Type.Double => decoder.ReadDouble(),
        Schema.Type.Bytes => decoder.ReadBytes(),
        _ => decoder.ReadString(),
    };

    private static object? Promote(object? value, Schema reader, Schema writer) => (value, reader.Tag) switch
    {
        _ when reader.Tag == writer.Tag => value,
        (int number, Schema.Type.Long) => (long)number,
        (int or long, Schema.Type.Float) => Convert.ToSingle(value, CultureInfo.InvariantCulture),
        (int or long or float, Schema.Type.Double) => Convert.ToDouble(value, CultureInfo.InvariantCulture),
        (byte[] bytes, Schema.Type.String) => Encoding.UTF8.GetString(bytes),
        (string text, Schema.Type.Bytes) => Encoding.UTF8.GetBytes(text),
        _ => throw Mismatch(writer, reader),
    };

    private object ReadRecord(RecordSchema writer, RecordSchema reader, BinaryDecoder decoder)
    {
        var record = factory.NewRecord(reader);
        var plan = _plans.GetOrAdd((writer, reader), RecordPlan.Of);
        foreach (var (written, target) in plan.InWritingOrder)
        {
            var value = Read(written.Schema, (target ?? written).Schema, decoder);
            if (target is not null)
            {
                factory.Put(record, target, value);
            }
        }

        foreach (var field in plan.NotWritten)
        {
            factory.Put(record, field, Default(field.Schema, field.Default ?? throw new AvroException($"Field {field.Name} was not written and has no default.")));
        }

        return record;
    }

    private object ReadEnum(EnumSchema writer, EnumSchema reader, BinaryDecoder decoder)
    {
        var index = decoder.ReadInt();
        var symbol = index >= 0 && index < writer.Symbols.Count ? writer.Symbols[index] : throw new AvroException($"Symbol {index} of {writer.Symbols.Count}.");
        return factory.NewEnum(reader, reader.Symbols.Contains(symbol) ? symbol : reader.Default ?? throw new AvroException($"Unknown symbol {symbol}."));
    }

    private static GenericFixed ReadFixed(FixedSchema schema, BinaryDecoder decoder)
    {
        var bytes = new byte[schema.Size];
        decoder.ReadFixed(bytes);
        return new GenericFixed(schema, bytes);
    }

    private IList ReadArray(ArraySchema writer, ArraySchema reader, BinaryDecoder decoder)
    {
        var list = factory.NewList(reader.ItemSchema);
        for (var count = decoder.ReadBlockCount(); count > 0; count = decoder.ReadBlockCount())
        {
            for (; count > 0; count--)
            {
                list.Add(Read(writer.ItemSchema, reader.ItemSchema, decoder));
            }
        }

        return list;
    }

    private IDictionary ReadMap(MapSchema writer, MapSchema reader, BinaryDecoder decoder)
    {
        var map = factory.NewMap(reader.ValueSchema);
        for (var count = decoder.ReadBlockCount(); count > 0; count = decoder.ReadBlockCount())
        {
            for (; count > 0; count--)
            {
                map[decoder.ReadString()] = Read(writer.ValueSchema, reader.ValueSchema, decoder);
            }
        }

        return map;
    }

    private object? Default(Schema schema, JsonElement json) => schema switch
    {
        // Of the first branch, or of null where that stands second.
        UnionSchema union => Default(union.Schemas.FirstOrDefault(branch => (branch.Tag == Schema.Type.Null) == (json.ValueKind == JsonValueKind.Null)) ?? union[0], json),
        LogicalSchema logical => Logical.FromBase(logical, Default(logical.BaseSchema, json)!),
        EnumSchema symbols => factory.NewEnum(symbols, json.GetString()!),
        FixedSchema fixedSchema => new GenericFixed(fixedSchema, Encoding.Latin1.GetBytes(json.GetString()!)),
        ArraySchema array => DefaultList(array, json),
        MapSchema map => DefaultMap(map, json),
        RecordSchema record => DefaultRecord(record, json),
        _ => DefaultPrimitive(schema, json),
    };

    private static object? DefaultPrimitive(Schema schema, JsonElement json) => schema.Tag switch
    {
        Schema.Type.Null => null,
        Schema.Type.Boolean => json.GetBoolean(),
        Schema.Type.Int => json.GetInt32(),
        Schema.Type.Long => json.GetInt64(),
        Schema.Type.Float => json.GetSingle(),
        Schema.Type.Double => json.GetDouble(),
        Schema.Type.Bytes => Encoding.Latin1.GetBytes(json.GetString()!),
        _ => json.GetString(),
    };

    private IList DefaultList(ArraySchema array, JsonElement json)
    {
        var list = factory.NewList(array.ItemSchema);
        foreach (var item in json.EnumerateArray())
        {
            list.Add(Default(array.ItemSchema, item));
        }

        return list;
    }

    private IDictionary DefaultMap(MapSchema schema, JsonElement json)
    {
        var map = factory.NewMap(schema.ValueSchema);
        foreach (var entry in json.EnumerateObject())
        {
            map[entry.Name] = Default(schema.ValueSchema, entry.Value);
        }

        return map;
    }

    private object DefaultRecord(RecordSchema schema, JsonElement json)
    {
        var record = factory.NewRecord(schema);
        foreach (var field in schema.Fields)
        {
            var value = json.TryGetProperty(field.Name, out var given) ? given : field.Default ?? throw new AvroException($"No default of {field.Name}.");
            factory.Put(record, field, Default(field.Schema, value));
        }

        return record;
    }

    private static AvroException Mismatch(Schema writer, Schema reader) => new($"{writer.Fullname} cannot be read as {reader.Fullname}.");
}

/// <summary>What becomes of each field that a writer wrote, and which of the reader's fields it did not write.</summary>
internal sealed record RecordPlan(IReadOnlyList<(Field Written, Field? Target)> InWritingOrder, IReadOnlyList<Field> NotWritten)
{
    public static RecordPlan Of((RecordSchema Writer, RecordSchema Reader) pair)
    {
        var matched = pair.Reader.Fields.Select(field => (Target: field, Written: Resolution.WriterField(pair.Writer, field))).ToList();
        return new RecordPlan(
            [.. pair.Writer.Fields.Select(written => (written, (Field?)matched.FirstOrDefault(match => match.Written == written).Target))],
            [.. matched.Where(match => match.Written is null).Select(match => match.Target)]);
    }
}
