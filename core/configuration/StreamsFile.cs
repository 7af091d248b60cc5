using System.Collections.Immutable;
using Streams.Core.Rules;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Streams.Configuration;

/// <summary>Reads <c>streams.yaml</c>.</summary>
public static class StreamsFile
{
    /// <summary>Reads and compiles a file.</summary>
    /// <exception cref="RuleMistakesException">Every mistake of the file, with its line.</exception>
    public static StreamsDefinition Load(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path), path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new RuleMistakesException(path, [new RuleMistake(RuleErrors.FileMissing, 0, exception.Message)]);
        }
    }

    /// <summary>Compiles a text.</summary>
    /// <param name="text">YAML.</param>
    /// <param name="name">Name for messages.</param>
    /// <exception cref="RuleMistakesException">Every mistake, with its line.</exception>
    public static StreamsDefinition Parse(string text, string name = "streams.yaml")
    {
        var mistakes = new List<RuleMistake>();
        var definition = Compile(text, mistakes);
        mistakes.AddRange(definition is null ? [] : DefinitionAudit.Check(definition));
        return definition is not null && mistakes.Count == 0
            ? definition
            : throw new RuleMistakesException(name, [.. mistakes.OrderBy(mistake => mistake.Line)]);
    }

    private static StreamsDefinition? Compile(string text, List<RuleMistake> mistakes)
    {
        YamlNode? root;
        try
        {
            var yaml = new YamlStream();
            yaml.Load(new StringReader(text));
            root = yaml.Documents.Count > 0 ? yaml.Documents[0].RootNode : null;
        }
        catch (YamlException exception)
        {
            mistakes.Add(new RuleMistake(RuleErrors.Syntax, (int)exception.Start.Line, exception.Message));
            return null;
        }

        if (root is not YamlMappingNode mapping)
        {
            mistakes.Add(new RuleMistake(RuleErrors.BadField, 1, "The file must be a mapping with source: and cache:."));
            return null;
        }

        var file = new YamlSection(mapping, "the file", mistakes);
        file.AllowOnly("source", "cache", "aggregates");
        var source = Source(file.Section("source"));
        var cache = file.Has("cache") ? file.Section("cache") : null;
        cache?.AllowOnly("rules");
        var rules = cache is { } section && section.Has("rules") ? section.Sections("rules").Select(RuleReader.Read).ToImmutableArray() : [];
        return new StreamsDefinition(source, rules)
        {
            Aggregates = file.Has("aggregates") ? [.. file.Sections("aggregates").Select(AggregateReader.Read)] : [],
        };
    }

    private static SourceDefinition Source(YamlSection section)
    {
        section.AllowOnly("prefix", "tables", "decimals");
        var source = new SourceDefinition(section.Text("prefix"), section.Texts("tables")) { Decimals = Decimals(section) };
        if (source.Prefix.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.')))
        {
            section.Bad("prefix", "of letters, digits, '_', '-' and '.': it begins the names of topics");
        }

        if (source.Tables.Any(table => table.Split('.') is not [{ Length: > 0 }, { Length: > 0 }]))
        {
            section.Bad("tables", "names of the form schema.table");
        }

        return source;
    }

    private static DecimalEncoding Decimals(YamlSection section)
    {
        switch (section.OptionalText("decimals"))
        {
            case null or "precise":
                return DecimalEncoding.Precise;
            case "string":
                return DecimalEncoding.Text;
            default:
                section.Bad("decimals", "precise or string, as the connector's decimal.handling.mode");
                return DecimalEncoding.Precise;
        }
    }
}
