using System.Text.Json;

namespace Streams.Registry.Avro;

/// <summary>
/// Reads a schema by the rules of the Avro 1.12 specification: names, symbols, unions and defaults are checked, attributes that are not known
/// are kept. Types that the schema names and does not define must be among <paramref name="names"/> (the schemas it refers to).
/// </summary>
/// <param name="names">Known types by full name; what the schema defines is added.</param>
public sealed class AvroParser(IDictionary<string, AvroType> names)
{
    private const int DepthMax = 256;
    private readonly List<AvroField> _withDefault = [];

    /// <summary>Parses one document.</summary>
    /// <exception cref="AvroSyntaxException">It is not JSON, or not a schema.</exception>
    public AvroType Parse(string text)
    {
        var type = Read(Json(text), "");
        if (_withDefault.Find(field => !AvroDefault.Fits(field.Type, field.Default!.Value)) is { } wrong)
        {
            throw new AvroSyntaxException($"Invalid default for field {wrong.Name}: {wrong.Default} is not a {wrong.Type.FullName}");
        }

        return type;
    }

    private static JsonElement Json(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = DepthMax });
            return document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            // A bare name is accepted where JSON would want it quoted, as by other parsers.
            return AvroName.IsFull(text) ? JsonSerializer.SerializeToElement(text) : throw new AvroSyntaxException($"Not JSON: {exception.Message}", exception);
        }
    }

    private AvroType Read(JsonElement node, string space) => node.ValueKind switch
    {
        JsonValueKind.String => Named(node, node.GetString()!, space),
        JsonValueKind.Array => Union(node, space),
        JsonValueKind.Object => Complex(node, space),
        _ => throw new AvroSyntaxException($"A schema is a name, an object or an array, not {node}"),
    };

    private AvroType Named(JsonElement node, string name, string space)
    {
        if (Primitive(name) is { } kind)
        {
            return new AvroType(kind, node);
        }

        var full = name.Contains('.', StringComparison.Ordinal) || space.Length == 0 ? name : $"{space}.{name}";
        return names.TryGetValue(full, out var known) || names.TryGetValue(name, out known) ? known : throw new AvroSyntaxException($"Undefined name: \"{name}\"");
    }

    private AvroType Complex(JsonElement node, string space)
    {
        var type = Required(node, "type");
        if (type.ValueKind != JsonValueKind.String)
        {
            return Read(type, space);
        }

        var name = type.GetString()!;
        return name switch
        {
            "record" or "error" => Record(node, space),
            "enum" => Enum(node, space),
            "fixed" => Fixed(node, space),
            "array" => new AvroType(AvroKind.Array, node) { Element = Read(Required(node, "items"), space) },
            "map" => new AvroType(AvroKind.Map, node) { Element = Read(Required(node, "values"), space) },
            _ => Named(node, name, space),
        };
    }

    private AvroType Union(JsonElement node, string space)
    {
        var branches = node.EnumerateArray().Select(branch => Read(branch, space)).ToList();
        if (branches.Exists(branch => branch.Kind == AvroKind.Union))
        {
            throw new AvroSyntaxException("Nested union");
        }

        var twice = branches.GroupBy(branch => branch.FullName, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        return twice is null ? new AvroType(AvroKind.Union, node) { Branches = branches } : throw new AvroSyntaxException($"Duplicate in union: {twice.Key}");
    }

    private AvroType Record(JsonElement node, string space)
    {
        var (name, own) = AvroName.Of(node, space);
        var record = Define(new AvroType(AvroKind.Record, node) { Name = name, Namespace = own, Aliases = AvroName.Aliases(node, own) });
        foreach (var entry in Items(node, "fields"))
        {
            var field = Field(entry, own);
            if (record.FieldList.Exists(other => other.Name == field.Name))
            {
                throw new AvroSyntaxException($"Duplicate field {field.Name} in record {record.FullName}");
            }

            record.FieldList.Add(field);
        }

        return record;
    }

    private AvroField Field(JsonElement node, string space)
    {
        var name = Text(node, "name");
        if (!AvroName.IsSimple(name))
        {
            throw new AvroSyntaxException($"Illegal name of a field: \"{name}\"");
        }

        var type = Read(Required(node, "type"), space);
        var field = new AvroField(name, type, node.TryGetProperty("default", out var value) ? value : null, AvroName.Strings(node, "aliases"), node);
        if (field.Default is not null)
        {
            // Checked at the end, when every type is known whole.
            _withDefault.Add(field);
        }

        return field;
    }

    private AvroType Enum(JsonElement node, string space)
    {
        var (name, own) = AvroName.Of(node, space);
        Required(node, "symbols");
        var symbols = AvroName.Strings(node, "symbols");
        var byDefault = node.TryGetProperty("default", out var value) ? value.ToString() : null;
        if (symbols.FirstOrDefault(symbol => !AvroName.IsSimple(symbol)) is { } illegal)
        {
            throw new AvroSyntaxException($"Illegal symbol: \"{illegal}\"");
        }

        if (symbols.Distinct(StringComparer.Ordinal).Count() != symbols.Count)
        {
            throw new AvroSyntaxException($"Duplicate symbol in enum {name}");
        }

        if (byDefault is not null && !symbols.Contains(byDefault))
        {
            throw new AvroSyntaxException($"The default \"{byDefault}\" is no symbol of enum {name}");
        }

        return Define(new AvroType(AvroKind.Enum, node)
        {
            Name = name, Namespace = own, Aliases = AvroName.Aliases(node, own), Symbols = symbols, EnumDefault = byDefault,
        });
    }

    private AvroType Fixed(JsonElement node, string space)
    {
        var (name, own) = AvroName.Of(node, space);
        return Required(node, "size") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var size) && size >= 0
            ? Define(new AvroType(AvroKind.Fixed, node) { Name = name, Namespace = own, Aliases = AvroName.Aliases(node, own), Size = size })
            : throw new AvroSyntaxException($"Illegal size of fixed {name}");
    }

    private AvroType Define(AvroType type) =>
        names.TryAdd(type.FullName, type) ? type : throw new AvroSyntaxException($"Can't redefine: {type.FullName}");

    private static AvroKind? Primitive(string name) => name switch
    {
        "null" => AvroKind.Null,
        "boolean" => AvroKind.Boolean,
        "int" => AvroKind.Int,
        "long" => AvroKind.Long,
        "float" => AvroKind.Float,
        "double" => AvroKind.Double,
        "bytes" => AvroKind.Bytes,
        "string" => AvroKind.String,
        _ => null,
    };

    private static JsonElement Required(JsonElement node, string attribute) =>
        node.ValueKind == JsonValueKind.Object && node.TryGetProperty(attribute, out var value) ? value : throw new AvroSyntaxException($"No {attribute}: {node}");

    private static string Text(JsonElement node, string attribute) =>
        Required(node, attribute) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : throw new AvroSyntaxException($"{attribute} is not a string: {node}");

    private static JsonElement.ArrayEnumerator Items(JsonElement node, string attribute) =>
        Required(node, attribute) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : throw new AvroSyntaxException($"{attribute} is not an array: {node}");
}
