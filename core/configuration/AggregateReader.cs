using System.Collections.Immutable;
using Streams.Core.Aggregates;
using Streams.Core.Expressions;
using Streams.Core.Rules;

namespace Streams.Configuration;

/// <summary>One entry of <c>aggregates:</c>.</summary>
internal static class AggregateReader
{
    private const int PartitionsMax = 64;
    private static readonly TimeSpan LongestRetain = TimeSpan.FromDays(3650);
    private static readonly string[] Always = ["type", "on", "grace", "retain"];
    private static readonly LiteralExpression Missing = new(Core.Values.SqlValue.Null);

    public static AggregateDefinition Read(YamlSection section)
    {
        section.AllowOnly("name", "table", "where", "groupBy", "window", "measures", "partitions");
        var aggregate = new AggregateDefinition(
            Name(section),
            section.Line,
            section.Text("table"),
            section.Has("where") ? Expression(section, "where", section.Text("where")) : null,
            [.. section.OptionalTexts("groupBy").Select(text => Group(section, text))],
            section.Has("window") ? Window(section.Section("window")) : null,
            Measures(section))
        {
            Partitions = Partitions(section),
        };
        Names(aggregate, section);
        return aggregate;
    }

    private static string Name(YamlSection section)
    {
        var name = section.Text("name");
        if (name.Length is 0 or > 48 || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_') || !char.IsAsciiLetterLower(name[0]))
        {
            section.Bad("name", "of lower-case letters, digits and '_', beginning with a letter, at most 48: it names topics, a table and a folder");
        }

        if (IsReserved(name))
        {
            section.Mistakes.Add(new RuleMistake(AggregateErrors.DuplicateName, section.Line, $"Aggregate '{name}'."));
        }

        return name;
    }

    private static int Partitions(YamlSection section)
    {
        if (section.OptionalText("partitions") is not { } text)
        {
            return 4;
        }

        if (int.TryParse(text, out var count) && count is >= 1 and <= PartitionsMax)
        {
            return count;
        }

        section.Bad("partitions", $"a number from 1 to {PartitionsMax}");
        return 4;
    }

    /// <summary><c>status</c>, or <c>date_trunc('day', created_at) as day</c>.</summary>
    private static NamedExpression Group(YamlSection section, string text)
    {
        var at = text.LastIndexOf(" as ", StringComparison.OrdinalIgnoreCase);
        var expression = Expression(section, "groupBy", at < 0 ? text : text[..at]);
        if (at < 0 && expression is not ColumnExpression)
        {
            Wrong(section, "groupBy", $"'{text}' needs a name: {text} as NAME.");
        }

        return new NamedExpression(at < 0 ? (expression as ColumnExpression)?.Name ?? "" : text[(at + 4)..].Trim(), expression);
    }

    private static WindowDefinition Window(YamlSection section)
    {
        var kind = section.Text("type") switch
        {
            "tumbling" => WindowKind.Tumbling,
            "hopping" => WindowKind.Hopping,
            "session" => WindowKind.Session,
            _ => Bad(),
        };
        section.AllowOnly([.. Always, .. kind switch { WindowKind.Session => ["gap"], WindowKind.Hopping => ["size", "advance"], _ => new[] { "size" } }]);
        var size = Time(section, kind == WindowKind.Session ? "gap" : "size", null);
        var advance = kind == WindowKind.Hopping ? Time(section, "advance", null) : size;
        if (advance > size)
        {
            section.Bad("advance", "at most the size: rows between two windows would be in none");
        }

        return new WindowDefinition(
            kind, size, advance, Expression(section, "on", section.Text("on")), Time(section, "grace", TimeSpan.Zero),
            section.Has("retain") ? Time(section, "retain", null) : null);

        WindowKind Bad()
        {
            section.Bad("type", "tumbling, hopping or session");
            return WindowKind.Tumbling;
        }
    }

    private static TimeSpan Time(YamlSection section, string field, TimeSpan? missing)
    {
        if (missing is { } otherwise && !section.Has(field))
        {
            return otherwise;
        }

        if (Duration.Parse(section.Text(field)) is { } value && value > TimeSpan.Zero && value <= LongestRetain)
        {
            return value;
        }

        section.Bad(field, "a duration such as 500ms, 30s, 5m, 24h or 7d");
        return TimeSpan.FromMinutes(1);
    }

    private static ImmutableArray<MeasureDefinition> Measures(YamlSection section)
    {
        var measures = ImmutableArray.CreateBuilder<MeasureDefinition>();
        foreach (var (name, text) in section.Section("measures").Columns())
        {
            try
            {
                measures.Add(MeasureDefinition.Parse(name, text ?? ""));
            }
            catch (FormatException exception)
            {
                Wrong(section, "measures", $"{name}: {exception.Message}");
            }
        }

        if (measures.Count == 0)
        {
            section.Bad("measures", "a mapping of names to count, sum(x), avg(x), min(x), max(x), count(distinct x) or top(n, x)");
        }

        return [.. measures.OrderBy(measure => measure.Name, StringComparer.Ordinal)];
    }

    private static Expression Expression(YamlSection section, string field, string text)
    {
        try
        {
            return ExpressionParser.Parse(text);
        }
        catch (FormatException exception)
        {
            Wrong(section, field, $"'{text}': {exception.Message}");
            return Missing;
        }
    }

    private static void Names(AggregateDefinition aggregate, YamlSection section)
    {
        string[] names = [.. aggregate.GroupBy.Select(group => group.Name), .. aggregate.Measures.Select(measure => measure.Name)];
        foreach (var name in names.Where(IsReserved).Concat(names.GroupBy(name => name).Where(same => same.Count() > 1).Select(same => same.Key)))
        {
            section.Mistakes.Add(new RuleMistake(AggregateErrors.DuplicateName, section.Line, $"'{name}' in aggregate '{aggregate.Name}'."));
        }

        foreach (var name in names.Where(name => name.Length is 0 or > 48 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') || char.IsAsciiDigit(name[0])))
        {
            Wrong(section, "measures", $"'{name}' in aggregate '{aggregate.Name}': names of columns are of letters, digits and '_'.");
        }
    }

    private static bool IsReserved(string name) => name.StartsWith("streams_", StringComparison.Ordinal) || name is "window_start" or "window_end";

    private static void Wrong(YamlSection section, string field, string detail) =>
        section.Mistakes.Add(new RuleMistake(AggregateErrors.Syntax, section.LineOf(field), detail));
}
