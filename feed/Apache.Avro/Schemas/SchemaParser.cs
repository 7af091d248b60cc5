using System.Text.Json;

namespace Avro;

/// <summary>Parses one schema document; names refer to types defined before in the same document.</summary>
internal sealed class SchemaParser
{
    private const int MaxDepth = 64;
    private readonly Dictionary<string, NamedSchema> _names = new(StringComparer.Ordinal);
    private int _depth;

    public Schema Parse(JsonElement json, string? space)
    {
        if (++_depth > MaxDepth)
        {
            throw new SchemaParseException("The schema is nested too deeply.");
        }

        var schema = json.ValueKind switch
        {
            JsonValueKind.String => ByName(json.GetString()!, space),
            JsonValueKind.Array => Union(json, space),
            JsonValueKind.Object => Complex(json, space),
            _ => throw new SchemaParseException($"A schema cannot be {json.ValueKind}."),
        };
        _depth--;
        return schema;
    }

    private static PrimitiveSchema? Primitive(string name) => name switch
    {
        "null" => new(Schema.Type.Null),
        "boolean" => new(Schema.Type.Boolean),
        "int" => new(Schema.Type.Int),
        "long" => new(Schema.Type.Long),
        "float" => new(Schema.Type.Float),
        "double" => new(Schema.Type.Double),
        "bytes" => new(Schema.Type.Bytes),
        "string" => new(Schema.Type.String),
        _ => null,
    };

    private Schema ByName(string name, string? space) =>
        Primitive(name) ?? (Schema?)_names.GetValueOrDefault(Full(name, space)) ?? _names.GetValueOrDefault(name)
        ?? throw new SchemaParseException($"Unknown type '{name}'.");

    private UnionSchema Union(JsonElement json, string? space)
    {
        var branches = json.EnumerateArray().Select(branch => Parse(branch, space)).ToList();
        if (branches.Any(branch => branch is UnionSchema) || branches.DistinctBy(branch => branch.Fullname).Count() != branches.Count)
        {
            throw new SchemaParseException("A union holds no union and no type twice.");
        }

        return new UnionSchema(branches);
    }

    private Schema Complex(JsonElement json, string? space)
    {
        var type = json.GetProperty("type");
        if (type.ValueKind != JsonValueKind.String)
        {
            return Logical(Parse(type, space), json);
        }

        var name = type.GetString()!;
        var schema = name switch
        {
            "record" or "error" => Record(json, space),
            "enum" => Enum(json, space),
            "fixed" => Fixed(json, space),
            "array" => new ArraySchema(Parse(json.GetProperty("items"), space)),
            "map" => new MapSchema(Parse(json.GetProperty("values"), space)),
            _ => ByName(name, space),
        };
        return Logical(schema, json);
    }

    private static Schema Logical(Schema schema, JsonElement json)
    {
        if (!json.TryGetProperty("logicalType", out var logical) || schema is RecordSchema)
        {
            return schema;
        }

        string[] own = schema is FixedSchema
            ? ["type", "logicalType", "name", "namespace", "size", "doc", "aliases"]
            : ["type", "logicalType"];
        var attributes = json.EnumerateObject().Where(p => !own.Contains(p.Name)).Select(p => (p.Name, p.Value.Clone())).ToList();
        return new LogicalSchema(schema, logical.GetString()!, attributes);
    }

    private RecordSchema Record(JsonElement json, string? space)
    {
        var (name, own) = Names(json, space);
        var record = new RecordSchema(name, own, Text(json, "doc"));
        Define(record);
        var position = 0;
        foreach (var field in json.GetProperty("fields").EnumerateArray())
        {
            var schema = Parse(field.GetProperty("type"), own);
            JsonElement? fallback = field.TryGetProperty("default", out var value) ? value.Clone() : null;
            var aliases = field.TryGetProperty("aliases", out var names) ? names.EnumerateArray().Select(a => a.GetString()!).ToList() : [];
            var fieldName = field.GetProperty("name").GetString()!;
            if (record.Contains(fieldName))
            {
                throw new SchemaParseException($"Field '{fieldName}' stands twice.");
            }

            record.Add(new Field(schema, fieldName, position++, fallback, Text(field, "doc"), aliases));
        }

        return record;
    }

    private EnumSchema Enum(JsonElement json, string? space)
    {
        var (name, own) = Names(json, space);
        var symbols = json.GetProperty("symbols").EnumerateArray().Select(s => s.GetString()!).ToList();
        var schema = new EnumSchema(name, own, Text(json, "doc"), symbols, Text(json, "default"));
        Define(schema);
        return schema;
    }

    private FixedSchema Fixed(JsonElement json, string? space)
    {
        var (name, own) = Names(json, space);
        var size = json.GetProperty("size").GetInt32();
        if (size < 0)
        {
            throw new SchemaParseException("A fixed cannot be of negative size.");
        }

        var schema = new FixedSchema(name, own, Text(json, "doc"), size);
        Define(schema);
        return schema;
    }

    private void Define(NamedSchema schema)
    {
        if (!_names.TryAdd(schema.Fullname, schema))
        {
            throw new SchemaParseException($"Type '{schema.Fullname}' is defined twice.");
        }
    }

    private static (string Name, string? Space) Names(JsonElement json, string? space)
    {
        var name = json.GetProperty("name").GetString()!;
        var dot = name.LastIndexOf('.');
        var own = dot >= 0 ? name[..dot] : Text(json, "namespace") ?? space;
        var simple = name[(dot + 1)..];
        if (simple.Length == 0 || !simple.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') || char.IsAsciiDigit(simple[0]))
        {
            throw new SchemaParseException($"'{name}' is not a name.");
        }

        return (simple, own);
    }

    private static string? Text(JsonElement json, string property) =>
        json.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Full(string name, string? space) =>
        name.Contains('.', StringComparison.Ordinal) || string.IsNullOrEmpty(space) ? name : $"{space}.{name}";
}
