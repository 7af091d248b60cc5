using System.Text;
using System.Text.Json;

namespace Avro;

/// <summary>An Avro schema (https://avro.apache.org/docs/1.12.0/specification/).</summary>
public abstract class Schema
{
    private protected Schema(Type type) => Tag = type;

    /// <summary>Kinds of schemas.</summary>
    public enum Type
    {
        /// <summary>null.</summary>
        Null,

        /// <summary>boolean.</summary>
        Boolean,

        /// <summary>int.</summary>
        Int,

        /// <summary>long.</summary>
        Long,

        /// <summary>float.</summary>
        Float,

        /// <summary>double.</summary>
        Double,

        /// <summary>bytes.</summary>
        Bytes,

        /// <summary>string.</summary>
        String,

        /// <summary>record.</summary>
        Record,

        /// <summary>enum.</summary>
        Enumeration,

        /// <summary>array.</summary>
        Array,

        /// <summary>map.</summary>
        Map,

        /// <summary>union.</summary>
        Union,

        /// <summary>fixed.</summary>
        Fixed,

        /// <summary>error.</summary>
        Error,

        /// <summary>A type with a logicalType.</summary>
        Logical,
    }

    /// <summary>Kind.</summary>
    public Type Tag { get; }

    /// <summary>Name: of a named type its own, else the kind's.</summary>
    public abstract string Name { get; }

    /// <summary>Full name.</summary>
    public virtual string Fullname => Name;

    /// <summary>Parses a schema.</summary>
    /// <exception cref="SchemaParseException">It is not one.</exception>
    public static Schema Parse(string json)
    {
        try
        {
            // A bare primitive name is a schema too.
            var text = json.TrimStart() is ['{' or '[' or '"', ..] ? json : JsonSerializer.Serialize(json.Trim());
            using var document = JsonDocument.Parse(text);
            return new SchemaParser().Parse(document.RootElement, null);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new SchemaParseException($"Not an Avro schema: {exception.Message}", exception);
        }
    }

    /// <summary>Whether a reader of this schema can read every value written by another.</summary>
    public virtual bool CanRead(Schema writerSchema) => Resolution.CanRead(this, writerSchema);

    /// <summary>The schema as JSON.</summary>
    public override string ToString()
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            Write(writer, [], null);
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    internal abstract void Write(Utf8JsonWriter json, HashSet<string> written, string? space);
}
