using System.Text.Json;

namespace Streams.Registry.Avro;

/// <summary>What a schema is.</summary>
public enum AvroKind
{
    /// <summary>null.</summary>
    Null,

    /// <summary>boolean.</summary>
    Boolean,

    /// <summary>int, 32 bits.</summary>
    Int,

    /// <summary>long, 64 bits.</summary>
    Long,

    /// <summary>float.</summary>
    Float,

    /// <summary>double.</summary>
    Double,

    /// <summary>bytes.</summary>
    Bytes,

    /// <summary>string, UTF-8.</summary>
    String,

    /// <summary>record (or error).</summary>
    Record,

    /// <summary>enum.</summary>
    Enum,

    /// <summary>fixed.</summary>
    Fixed,

    /// <summary>array.</summary>
    Array,

    /// <summary>map.</summary>
    Map,

    /// <summary>union.</summary>
    Union,
}

/// <summary>
/// A parsed schema, as much of it as compatibility and the canonical text need. Two of them are the same only by reference: records may
/// contain themselves.
/// </summary>
public sealed class AvroType
{
    internal AvroType(AvroKind kind, JsonElement node) => (Kind, Node) = (kind, node);

    /// <summary>What it is.</summary>
    public AvroKind Kind { get; }

    /// <summary>Name without namespace; null where the kind has none.</summary>
    public string? Name { get; internal init; }

    /// <summary>Namespace; empty for none.</summary>
    public string Namespace { get; internal init; } = "";

    /// <summary>Name with its namespace, or the kind's own name.</summary>
    public string FullName => Name is null ? KindName : Namespace.Length == 0 ? Name : $"{Namespace}.{Name}";

    /// <summary>Other full names under which writers may know it.</summary>
    public IReadOnlyList<string> Aliases { get; internal init; } = [];

    /// <summary>Fields of a record, in order.</summary>
    public IReadOnlyList<AvroField> Fields => FieldList;

    /// <summary>Symbols of an enum, in order.</summary>
    public IReadOnlyList<string> Symbols { get; internal init; } = [];

    /// <summary>Symbol that an enum's reader takes for one it does not know.</summary>
    public string? EnumDefault { get; internal init; }

    /// <summary>Bytes of a fixed.</summary>
    public int Size { get; internal init; }

    /// <summary>Items of an array, values of a map.</summary>
    public AvroType? Element { get; internal init; }

    /// <summary>Branches of a union.</summary>
    public IReadOnlyList<AvroType> Branches { get; internal init; } = [];

    internal string KindName => Kind.ToString().ToLowerInvariant();

    /// <summary>Where it stands in the document; its further attributes are read from there.</summary>
    internal JsonElement Node { get; }

    internal List<AvroField> FieldList { get; } = [];
}

/// <summary>A field of a record.</summary>
/// <param name="Name">Name.</param>
/// <param name="Type">Schema.</param>
/// <param name="Default">Default, if it has one.</param>
/// <param name="Aliases">Other names under which writers may know it.</param>
/// <param name="Node">Where it stands in the document.</param>
public sealed record AvroField(string Name, AvroType Type, JsonElement? Default, IReadOnlyList<string> Aliases, JsonElement Node);

/// <summary>A text that is not an Avro schema.</summary>
public sealed class AvroSyntaxException(string message, Exception? inner = null) : Exception(message, inner);
