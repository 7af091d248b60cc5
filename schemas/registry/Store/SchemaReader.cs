using Streams.Registry.Avro;

namespace Streams.Registry.Store;

/// <summary>Schemas with the ones they refer to.</summary>
public static class SchemaReader
{
    private const int DepthMax = 32;

    /// <summary>The content that a client's text stands for.</summary>
    /// <exception cref="RegistryException">42201.</exception>
    public static SchemaContent Content(RegistryState state, SchemaRequest request, bool normalize)
    {
        if (request.SchemaType is not (null or "" or "AVRO"))
        {
            throw RegistryException.InvalidSchema($"schemas of type {request.SchemaType} are not supported; only AVRO is");
        }

        if (string.IsNullOrWhiteSpace(request.Schema))
        {
            throw RegistryException.InvalidSchema("it is empty");
        }

        var references = request.References ?? [];
        var (type, imported) = Parse(state, request.Schema, references);
        return new SchemaContent(AvroText.Of(type, imported, normalize), references);
    }

    /// <summary>The type that a stored content stands for.</summary>
    public static AvroType Type(RegistryState state, SchemaContent content) => Parse(state, content.Text, content.References).Type;

    private static (AvroType Type, List<string> Imported) Parse(RegistryState state, string text, IReadOnlyList<SchemaReference> references)
    {
        var names = new Dictionary<string, AvroType>(StringComparer.Ordinal);
        try
        {
            Import(state, references, names, [], 0);
            var imported = names.Keys.ToList();
            return (new AvroParser(names).Parse(text), imported);
        }
        catch (AvroSyntaxException exception)
        {
            throw RegistryException.InvalidSchema(exception.Message);
        }
    }

    /// <summary>Deepest first, each once: a type may be reached in two ways.</summary>
    private static void Import(
        RegistryState state, IReadOnlyList<SchemaReference> references, Dictionary<string, AvroType> names, HashSet<(string, int)> done, int depth)
    {
        foreach (var reference in references.Where(reference => !done.Contains((reference.Subject, reference.Version))))
        {
            var versions = state.VersionsOf(reference.Subject);
            var version = reference.Version == -1 && !versions.IsEmpty ? versions.Keys.Last() : reference.Version;
            if (depth >= DepthMax || !versions.TryGetValue(version, out var target))
            {
                throw RegistryException.InvalidSchema($"no schema reference found for subject \"{reference.Subject}\" and version {reference.Version}");
            }

            done.Add((reference.Subject, reference.Version));
            Import(state, target.Content.References, names, done, depth + 1);
            new AvroParser(names).Parse(target.Content.Text);
        }
    }
}
