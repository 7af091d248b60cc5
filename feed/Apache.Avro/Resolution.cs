namespace Avro;

/// <summary>Schema resolution (https://avro.apache.org/docs/1.12.0/specification/#schema-resolution): whether what was written by one schema can be read by another.</summary>
internal static class Resolution
{
    /// <summary>Whether <paramref name="reader"/> can read every value of <paramref name="writer"/>.</summary>
    public static bool CanRead(Schema reader, Schema writer) => CanRead(reader, writer, []);

    internal static Schema Unwrap(Schema schema) => schema is LogicalSchema logical ? logical.BaseSchema : schema;

    /// <summary>The first branch of a reader's union that takes the writer's type: the same type first, then one it can be promoted to.</summary>
    internal static Schema? Branch(UnionSchema reader, Schema writer) =>
        reader.Schemas.FirstOrDefault(branch => SameKind(Unwrap(branch), Unwrap(writer)))
        ?? reader.Schemas.FirstOrDefault(branch => CanRead(branch, writer, []));

    internal static Field? WriterField(RecordSchema writer, Field field) =>
        writer[field.Name] ?? field.Aliases.Select(alias => writer[alias]).FirstOrDefault(found => found is not null);

    private static bool SameKind(Schema a, Schema b) =>
        a.Tag == b.Tag && (a is not NamedSchema named || named.Name == b.Name);

    private static bool CanRead(Schema reader, Schema writer, HashSet<(Schema, Schema)> assumed)
    {
        (reader, writer) = (Unwrap(reader), Unwrap(writer));
        if (!assumed.Add((reader, writer)))
        {
            return true;
        }

        var can = (reader, writer) switch
        {
            (_, UnionSchema union) => union.Schemas.All(branch => CanRead(reader, branch, assumed)),
            (UnionSchema union, _) => union.Schemas.Any(branch => CanRead(branch, writer, assumed)),
            (RecordSchema r, RecordSchema w) => r.Name == w.Name && r.Fields.All(field => FieldCanRead(field, w, assumed)),
            (EnumSchema r, EnumSchema w) => r.Name == w.Name && (r.Default is not null || w.Symbols.All(r.Symbols.Contains)),
            (FixedSchema r, FixedSchema w) => r.Name == w.Name && r.Size == w.Size,
            (ArraySchema r, ArraySchema w) => CanRead(r.ItemSchema, w.ItemSchema, assumed),
            (MapSchema r, MapSchema w) => CanRead(r.ValueSchema, w.ValueSchema, assumed),
            (PrimitiveSchema, PrimitiveSchema) => reader.Tag == writer.Tag || Promotes(writer.Tag, reader.Tag),
            _ => false,
        };
        if (!can)
        {
            // What was refuted is not to be assumed the next time.
            assumed.Remove((reader, writer));
        }

        return can;
    }

    private static bool FieldCanRead(Field field, RecordSchema writer, HashSet<(Schema, Schema)> assumed) =>
        WriterField(writer, field) is { } written ? CanRead(field.Schema, written.Schema, assumed) : field.Default is not null;

    private static bool Promotes(Schema.Type from, Schema.Type to) => (from, to) switch
    {
        (Schema.Type.Int, Schema.Type.Long or Schema.Type.Float or Schema.Type.Double) => true,
        (Schema.Type.Long, Schema.Type.Float or Schema.Type.Double) => true,
        (Schema.Type.Float, Schema.Type.Double) => true,
        (Schema.Type.String, Schema.Type.Bytes) or (Schema.Type.Bytes, Schema.Type.String) => true,
        _ => false,
    };
}
