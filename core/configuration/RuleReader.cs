using System.Collections.Immutable;
using Streams.Core.Rules;

namespace Streams.Configuration;

/// <summary>One entry of <c>cache.rules</c>.</summary>
internal static class RuleReader
{
    private static readonly TimeSpan DefaultTimeToLive = TimeSpan.FromHours(24);
    private static readonly TimeSpan LongestTimeToLive = TimeSpan.FromDays(30);

    public static CacheRule Read(YamlSection section)
    {
        section.AllowOnly("name", "table", "keys", "patterns", "strategy", "ttl", "when", "query", "tests");
        return new CacheRule(
            section.Text("name"),
            section.Line,
            section.Text("table"),
            Templates(section, "keys", pattern: false),
            Templates(section, "patterns", pattern: true),
            Strategy(section),
            TimeToLive(section),
            When(section),
            section.OptionalText("query"))
        {
            Tests = RuleTestReader.Read(section),
        };
    }

    private static ImmutableArray<KeyTemplate> Templates(YamlSection section, string field, bool pattern)
    {
        var templates = ImmutableArray.CreateBuilder<KeyTemplate>();
        foreach (var text in section.OptionalTexts(field))
        {
            try
            {
                var template = KeyTemplate.Parse(text);
                if (template.IsPattern == pattern)
                {
                    templates.Add(template);
                    continue;
                }

                Wrong(pattern ? $"'{text}' in patterns: has no *." : $"'{text}' in keys: has a *.");
            }
            catch (FormatException exception)
            {
                Wrong(exception.Message);
            }
        }

        return templates.ToImmutable();

        void Wrong(string detail) => section.Mistakes.Add(new RuleMistake(RuleErrors.BadTemplate, section.LineOf(field), detail));
    }

    private static InvalidationStrategy Strategy(YamlSection section)
    {
        switch (section.OptionalText("strategy"))
        {
            case null or "unlink":
                return InvalidationStrategy.Unlink;
            case "refresh":
                return InvalidationStrategy.Refresh;
            default:
                section.Bad("strategy", "unlink or refresh");
                return InvalidationStrategy.Unlink;
        }
    }

    private static TimeSpan TimeToLive(YamlSection section)
    {
        if (section.OptionalText("ttl") is not { } text)
        {
            return DefaultTimeToLive;
        }

        if (Duration.Parse(text) is { } value && value > TimeSpan.Zero && value <= LongestTimeToLive)
        {
            return value;
        }

        section.Bad("ttl", "a duration such as 500ms, 30s, 5m, 24h or 7d, at most 30d");
        return DefaultTimeToLive;
    }

    private static ImmutableArray<string> When(YamlSection section)
    {
        if (!section.Has("when"))
        {
            return [];
        }

        var when = section.Section("when");
        when.AllowOnly("columns");
        return when.Texts("columns");
    }
}
