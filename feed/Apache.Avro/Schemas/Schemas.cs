using System.Text.Json;

namespace Avro;

/// <summary>null, boolean, int, long, float, double, bytes, string.</summary>
public sealed class PrimitiveSchema : Schema
{
    internal PrimitiveSchema(Type type)
        : base(type)
    {
    }

    /// <inheritdoc/>
    public override string Name => Tag.ToString().ToLowerInvariant();

    internal override void Write(Utf8JsonWriter json, HashSet<string> written, string? space) => json.WriteStringValue(Name);
}

/// <summary>A schema with a name of its own.</summary>
public abstract class NamedSchema : Schema
{
    private protected NamedSchema(Type type, string name, string? space, string? documentation)
        : base(type) => (Name, Namespace, Documentation) = (name, space, documentation);

    /// <inheritdoc/>
    public override string Name { get; }

    /// <summary>Namespace, or null.</summary>
    public string? Namespace { get; }

    /// <inheritdoc/>
    public override string Fullname => string.IsNullOrEmpty(Namespace) ? Name : $"{Namespace}.{Name}";

    /// <summary>The doc attribute.</summary>
    public string? Documentation { get; }

    internal override void Write(Utf8JsonWriter json, HashSet<string> written, string? space)
    {
        if (!written.Add(Fullname))
        {
            json.WriteStringValue(Namespace == space ? Name : Fullname);
            return;
        }

        json.WriteStartObject();
        json.WriteString("type", Tag == Type.Enumeration ? "enum" : Tag.ToString().ToLowerInvariant());
        json.WriteString("name", Name);
        if (!string.IsNullOrEmpty(Namespace) && Namespace != space)
        {
            json.WriteString("namespace", Namespace);
        }

        if (Documentation is not null)
        {
            json.WriteString("doc", Documentation);
        }

        WriteBody(json, written);
        json.WriteEndObject();
    }

    private protected abstract void WriteBody(Utf8JsonWriter json, HashSet<string> written);
}

/// <summary>record.</summary>
public sealed class RecordSchema : NamedSchema
{
    private readonly Dictionary<string, Field> _byName = new(StringComparer.Ordinal);

    internal RecordSchema(string name, string? space, string? documentation)
        : base(Type.Record, name, space, documentation)
    {
    }

    /// <summary>Fields in order.</summary>
    public List<Field> Fields { get; } = [];

    /// <summary>Number of fields.</summary>
    public int Count => Fields.Count;

    /// <summary>A field by name, or null.</summary>
    public Field? this[string name] => _byName.GetValueOrDefault(name);

    /// <summary>Whether there is such a field.</summary>
    public bool Contains(string name) => _byName.ContainsKey(name);

    /// <summary>Finds a field.</summary>
    public bool TryGetField(string name, out Field field) => _byName.TryGetValue(name, out field!);

    internal void Add(Field field)
    {
        Fields.Add(field);
        _byName.Add(field.Name, field);
    }

    private protected override void WriteBody(Utf8JsonWriter json, HashSet<string> written)
    {
        json.WriteStartArray("fields");
        foreach (var field in Fields)
        {
            field.Write(json, written, Namespace);
        }

        json.WriteEndArray();
    }
}

/// <summary>A field of a record.</summary>
public sealed class Field
{
    internal Field(Schema schema, string name, int pos, JsonElement? defaultValue, string? documentation, IReadOnlyList<string> aliases) =>
        (Schema, Name, Pos, Default, Documentation, Aliases) = (schema, name, pos, defaultValue, documentation, aliases);

    /// <summary>Schema.</summary>
    public Schema Schema { get; }

    /// <summary>Name.</summary>
    public string Name { get; }

    /// <summary>Position.</summary>
    public int Pos { get; }

    /// <summary>The doc attribute.</summary>
    public string? Documentation { get; }

    /// <summary>Other names under which writers may know the field.</summary>
    public IReadOnlyList<string> Aliases { get; }

    /// <summary>Default as JSON. (The package gives a Newtonsoft token under another name; nothing of ours reads it.)</summary>
    internal JsonElement? Default { get; }

    internal void Write(Utf8JsonWriter json, HashSet<string> written, string? space)
    {
        json.WriteStartObject();
        json.WriteString("name", Name);
        if (Documentation is not null)
        {
            json.WriteString("doc", Documentation);
        }

        json.WritePropertyName("type");
        Schema.Write(json, written, space);
        if (Default is { } value)
        {
            json.WritePropertyName("default");
            value.WriteTo(json);
        }

        if (Aliases.Count > 0)
        {
            json.WriteStartArray("aliases");
            foreach (var alias in Aliases)
            {
                json.WriteStringValue(alias);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}

/// <summary>enum.</summary>
public sealed class EnumSchema : NamedSchema
{
    internal EnumSchema(string name, string? space, string? documentation, IList<string> symbols, string? @default)
        : base(Type.Enumeration, name, space, documentation) => (Symbols, Default) = (symbols, @default);

    /// <summary>Symbols in order.</summary>
    public IList<string> Symbols { get; }

    /// <summary>Symbol for ones that a reader does not know.</summary>
    public string? Default { get; }

    /// <summary>Position of a symbol.</summary>
    /// <exception cref="AvroException">There is no such symbol.</exception>
    public int Ordinal(string symbol) => Symbols.IndexOf(symbol) is >= 0 and var index ? index : throw new AvroException($"No such symbol: {symbol}");

    private protected override void WriteBody(Utf8JsonWriter json, HashSet<string> written)
    {
        json.WriteStartArray("symbols");
        foreach (var symbol in Symbols)
        {
            json.WriteStringValue(symbol);
        }

        json.WriteEndArray();
        if (Default is not null)
        {
            json.WriteString("default", Default);
        }
    }
}

/// <summary>fixed.</summary>
public sealed class FixedSchema : NamedSchema
{
    internal FixedSchema(string name, string? space, string? documentation, int size)
        : base(Type.Fixed, name, space, documentation) => Size = size;

    /// <summary>Bytes.</summary>
    public int Size { get; }

    private protected override void WriteBody(Utf8JsonWriter json, HashSet<string> written) => json.WriteNumber("size", Size);
}

/// <summary>array.</summary>
public sealed class ArraySchema : Schema
{
    internal ArraySchema(Schema items)
        : base(Type.Array) => ItemSchema = items;

    /// <summary>Schema of the items.</summary>
    public Schema ItemSchema { get; }

    /// <inheritdoc/>
    public override string Name => "array";

    internal override void Write(Utf8JsonWriter json, HashSet<string> written, string? space)
    {
        json.WriteStartObject();
        json.WriteString("type", "array");
        json.WritePropertyName("items");
        ItemSchema.Write(json, written, space);
        json.WriteEndObject();
    }
}

/// <summary>map.</summary>
public sealed class MapSchema : Schema
{
    internal MapSchema(Schema values)
        : base(Type.Map) => ValueSchema = values;

    /// <summary>Schema of the values.</summary>
    public Schema ValueSchema { get; }

    /// <inheritdoc/>
    public override string Name => "map";

    internal override void Write(Utf8JsonWriter json, HashSet<string> written, string? space)
    {
        json.WriteStartObject();
        json.WriteString("type", "map");
        json.WritePropertyName("values");
        ValueSchema.Write(json, written, space);
        json.WriteEndObject();
    }
}

/// <summary>union.</summary>
public sealed class UnionSchema : Schema
{
    internal UnionSchema(IList<Schema> schemas)
        : base(Type.Union) => Schemas = schemas;

    /// <summary>Branches.</summary>
    public IList<Schema> Schemas { get; }

    /// <summary>Number of branches.</summary>
    public int Count => Schemas.Count;

    /// <summary>A branch.</summary>
    public Schema this[int index] => Schemas[index];

    /// <inheritdoc/>
    public override string Name => "union";

    internal override void Write(Utf8JsonWriter json, HashSet<string> written, string? space)
    {
        json.WriteStartArray();
        foreach (var schema in Schemas)
        {
            schema.Write(json, written, space);
        }

        json.WriteEndArray();
    }
}

/// <summary>A type with a logicalType. Types that are not known are read as their base type.</summary>
public sealed class LogicalSchema : Schema
{
    private readonly IReadOnlyList<(string Name, JsonElement Value)> _attributes;

    internal LogicalSchema(Schema baseSchema, string logicalType, IReadOnlyList<(string Name, JsonElement Value)> attributes)
        : base(Type.Logical) => (BaseSchema, LogicalTypeName, _attributes) = (baseSchema, logicalType, attributes);

    /// <summary>The type underneath.</summary>
    public Schema BaseSchema { get; }

    /// <summary>The logicalType attribute.</summary>
    public string LogicalTypeName { get; }

    /// <inheritdoc/>
    public override string Name => BaseSchema.Name;

    internal int Scale => _attributes.FirstOrDefault(pair => pair.Name == "scale") is { Name: not null, Value: var scale } ? scale.GetInt32() : 0;

    internal override void Write(Utf8JsonWriter json, HashSet<string> written, string? space)
    {
        json.WriteStartObject();
        json.WritePropertyName("type");
        BaseSchema.Write(json, written, space);
        json.WriteString("logicalType", LogicalTypeName);
        foreach (var (name, value) in _attributes)
        {
            json.WritePropertyName(name);
            value.WriteTo(json);
        }

        json.WriteEndObject();
    }
}
