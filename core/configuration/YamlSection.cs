using System.Collections.Immutable;
using Streams.Core.Rules;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Streams.Configuration;

/// <summary>A YAML mapping that is read field by field; what is wrong with a field becomes a mistake with its line, and reading goes on.</summary>
internal sealed class YamlSection(YamlMappingNode node, string name, List<RuleMistake> mistakes)
{
    public int Line { get; } = (int)node.Start.Line;

    public List<RuleMistake> Mistakes { get; } = mistakes;

    public bool Has(string field) => Find(field) is not null;

    public int LineOf(string field) => Find(field) is { } value ? (int)value.Start.Line : Line;

    public void AllowOnly(params string[] fields)
    {
        foreach (var key in node.Children.Keys)
        {
            if (key is not YamlScalarNode { Value: { } text } || !fields.Contains(text, StringComparer.Ordinal))
            {
                Mistakes.Add(new RuleMistake(RuleErrors.UnknownField, (int)key.Start.Line, $"'{key}' in {name}; known are {string.Join(", ", fields)}."));
            }
        }
    }

    public string Text(string field)
    {
        if (Find(field) is YamlScalarNode { Value: { Length: > 0 } text })
        {
            return text;
        }

        Bad(field, "a text");
        return "";
    }

    public string? OptionalText(string field) => Has(field) ? Text(field) : null;

    public ImmutableArray<string> Texts(string field, bool emptyToo = false)
    {
        if (Find(field) is YamlSequenceNode sequence
            && (emptyToo || sequence.Children.Count > 0)
            && sequence.All(item => item is YamlScalarNode { Value.Length: > 0 }))
        {
            return [.. sequence.Cast<YamlScalarNode>().Select(item => item.Value!)];
        }

        Bad(field, "a list of texts");
        return [];
    }

    public ImmutableArray<string> OptionalTexts(string field) => Has(field) ? Texts(field) : [];

    public YamlSection Section(string field)
    {
        if (Find(field) is YamlMappingNode mapping)
        {
            return new YamlSection(mapping, $"{field}:", Mistakes);
        }

        Bad(field, "a mapping");
        return new YamlSection([], $"{field}:", []);
    }

    public IEnumerable<YamlSection> Sections(string field)
    {
        if (Find(field) is YamlSequenceNode sequence && sequence.All(item => item is YamlMappingNode))
        {
            return sequence.Cast<YamlMappingNode>().Select(item => new YamlSection(item, $"an entry of {field}:", Mistakes));
        }

        Bad(field, "a list of mappings");
        return [];
    }

    /// <summary>Column → text; a plain <c>null</c> or <c>~</c> is NULL.</summary>
    public ImmutableDictionary<string, string?> Columns()
    {
        var columns = ImmutableDictionary.CreateBuilder<string, string?>(StringComparer.Ordinal);
        foreach (var (key, value) in node.Children)
        {
            if (key is YamlScalarNode { Value: { Length: > 0 } column } && value is YamlScalarNode scalar)
            {
                columns[column] = scalar is { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" } ? null : scalar.Value;
                continue;
            }

            Mistakes.Add(new RuleMistake(RuleErrors.BadTest, (int)key.Start.Line, $"{name} must give each column one value."));
        }

        return columns.ToImmutable();
    }

    public void Bad(string field, string wanted) =>
        Mistakes.Add(new RuleMistake(RuleErrors.BadField, LineOf(field), $"{field}: in {name} must be {wanted}."));

    private YamlNode? Find(string field) => node.Children.TryGetValue(new YamlScalarNode(field), out var value) ? value : null;
}
