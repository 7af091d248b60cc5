using System.Text.Json;

namespace Streams.Registry.Avro;

/// <summary>Names of Avro: <c>[A-Za-z_][A-Za-z0-9_]*</c>, with dots between them for a namespace.</summary>
internal static class AvroName
{
    public static bool IsSimple(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');

    public static bool IsFull(string name) => name.Split('.').All(IsSimple);

    /// <summary>Name and namespace of a definition inside a namespace.</summary>
    public static (string Name, string Space) Of(JsonElement node, string enclosing)
    {
        var name = node.TryGetProperty("name", out var given) && given.ValueKind == JsonValueKind.String ? given.GetString()! : "";
        var dot = name.LastIndexOf('.');
        var space = dot >= 0 ? name[..dot]
            : node.TryGetProperty("namespace", out var own) && own.ValueKind == JsonValueKind.String ? own.GetString()!
            : enclosing;
        var simple = name[(dot + 1)..];
        return IsSimple(simple) && (space.Length == 0 || IsFull(space)) ? (simple, space) : throw new AvroSyntaxException($"Illegal name: \"{name}\" in namespace \"{space}\"");
    }

    public static IReadOnlyList<string> Aliases(JsonElement node, string space) =>
        [.. Strings(node, "aliases").Select(alias => alias.Contains('.', StringComparison.Ordinal) || space.Length == 0 ? alias : $"{space}.{alias}")];

    public static IReadOnlyList<string> Strings(JsonElement node, string attribute)
    {
        if (!node.TryGetProperty(attribute, out var list))
        {
            return [];
        }

        return list.ValueKind == JsonValueKind.Array && list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. list.EnumerateArray().Select(item => item.GetString()!)]
            : throw new AvroSyntaxException($"{attribute} is not an array of strings: {node}");
    }
}
