using System.Text.Json;

namespace Streams.Registry.Avro;

/// <summary>Whether a default is a value of its field's type (a union's: of any branch, as since Avro 1.12).</summary>
internal static class AvroDefault
{
    public static bool Fits(AvroType type, JsonElement value) => type.Kind switch
    {
        AvroKind.Null => value.ValueKind == JsonValueKind.Null,
        AvroKind.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        AvroKind.Int => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out _),
        AvroKind.Long => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        AvroKind.Float or AvroKind.Double => value.ValueKind == JsonValueKind.Number,
        AvroKind.Bytes or AvroKind.String or AvroKind.Fixed => value.ValueKind == JsonValueKind.String,
        AvroKind.Enum => value.ValueKind == JsonValueKind.String && type.Symbols.Contains(value.GetString()),
        AvroKind.Array => value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => Fits(type.Element!, item)),
        AvroKind.Map => value.ValueKind == JsonValueKind.Object && value.EnumerateObject().All(entry => Fits(type.Element!, entry.Value)),
        AvroKind.Union => type.Branches.Any(branch => Fits(branch, value)),
        _ => value.ValueKind == JsonValueKind.Object
            && type.Fields.All(field => value.TryGetProperty(field.Name, out var given) ? Fits(field.Type, given) : field.Default is not null),
    };
}
