using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Streams.Registry.Avro;

/// <summary>
/// The one text of a schema, whatever the white space, order of attributes or spelling of names it came with: attributes in the order in which
/// Avro's Java library prints them. Documentation and further attributes stay. Two schemas are the same version when this text is the same.
/// </summary>
public static class AvroText
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly string[] OfNamed = ["type", "name", "namespace", "doc", "fields", "symbols", "size", "default", "aliases"];
    private static readonly string[] OfField = ["name", "type", "doc", "default", "order", "aliases"];
    private static readonly string[] OfUnnamed = ["type", "items", "values"];

    /// <summary>Writes it.</summary>
    /// <param name="type">Schema.</param>
    /// <param name="imported">Full names of types that other schemas define: they are named here, never spelled out.</param>
    /// <param name="normalize">Also brings further attributes into the order of their names.</param>
    public static string Of(AvroType type, IEnumerable<string> imported, bool normalize = false)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Options))
        {
            new Writer(json, imported, normalize).Write(type, "");
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private sealed class Writer(Utf8JsonWriter json, IEnumerable<string> imported, bool normalize)
    {
        private readonly HashSet<string> _written = new(imported, StringComparer.Ordinal);

        public void Write(AvroType type, string space)
        {
            switch (type.Kind)
            {
                case AvroKind.Union:
                    json.WriteStartArray();
                    foreach (var branch in type.Branches)
                    {
                        Write(branch, space);
                    }

                    json.WriteEndArray();
                    break;
                case AvroKind.Record or AvroKind.Enum or AvroKind.Fixed:
                    WriteNamed(type, space);
                    break;
                case AvroKind.Array or AvroKind.Map:
                    json.WriteStartObject();
                    json.WriteString("type", type.KindName);
                    json.WritePropertyName(type.Kind == AvroKind.Array ? "items" : "values");
                    Write(type.Element!, space);
                    WriteFurther(type.Node, OfUnnamed);
                    json.WriteEndObject();
                    break;
                default:
                    WritePrimitive(type);
                    break;
            }
        }

        private void WritePrimitive(AvroType type)
        {
            if (type.Node.ValueKind != JsonValueKind.Object || type.Node.EnumerateObject().All(attribute => attribute.Name == "type"))
            {
                json.WriteStringValue(type.KindName);
                return;
            }

            json.WriteStartObject();
            json.WriteString("type", type.KindName);
            WriteFurther(type.Node, OfUnnamed);
            json.WriteEndObject();
        }

        private void WriteNamed(AvroType type, string space)
        {
            if (!_written.Add(type.FullName))
            {
                json.WriteStringValue(type.Namespace == space ? type.Name : type.FullName);
                return;
            }

            json.WriteStartObject();
            json.WriteString("type", type.Node.GetProperty("type").GetString());
            json.WriteString("name", type.Name);
            if (type.Namespace != space)
            {
                json.WriteString("namespace", type.Namespace);
            }

            Copy(type.Node, "doc");
            WriteBody(type);
            WriteFurther(type.Node, OfNamed);
            Copy(type.Node, "aliases");
            json.WriteEndObject();
        }

        private void WriteBody(AvroType type)
        {
            switch (type.Kind)
            {
                case AvroKind.Record:
                    json.WriteStartArray("fields");
                    foreach (var field in type.Fields)
                    {
                        WriteField(field, type.Namespace);
                    }

                    json.WriteEndArray();
                    break;
                case AvroKind.Enum:
                    Copy(type.Node, "symbols");
                    Copy(type.Node, "default");
                    break;
                default:
                    json.WriteNumber("size", type.Size);
                    break;
            }
        }

        private void WriteField(AvroField field, string space)
        {
            json.WriteStartObject();
            json.WriteString("name", field.Name);
            json.WritePropertyName("type");
            Write(field.Type, space);
            Copy(field.Node, "doc");
            Copy(field.Node, "default");
            if (field.Node.TryGetProperty("order", out var order) && order.ToString() != "ascending")
            {
                Copy(field.Node, "order");
            }

            WriteFurther(field.Node, OfField);
            Copy(field.Node, "aliases");
            json.WriteEndObject();
        }

        private void Copy(JsonElement node, string attribute)
        {
            if (node.TryGetProperty(attribute, out var value))
            {
                json.WritePropertyName(attribute);
                value.WriteTo(json);
            }
        }

        private void WriteFurther(JsonElement node, string[] known)
        {
            var further = node.EnumerateObject().Where(attribute => !known.Contains(attribute.Name));
            foreach (var attribute in normalize ? further.OrderBy(attribute => attribute.Name, StringComparer.Ordinal) : further)
            {
                json.WritePropertyName(attribute.Name);
                attribute.Value.WriteTo(json);
            }
        }
    }
}
