using System.Collections.Immutable;
using System.Globalization;
using Streams.AnalyticsSink.Shapes;

namespace Streams.AnalyticsSink.Reading;

/// <summary>Which values a group column may have.</summary>
/// <param name="Column">Column.</param>
/// <param name="Values">As Postgres writes them; any of them.</param>
/// <param name="OrNull">NULL too.</param>
public sealed record GroupCondition(ShapeColumn Column, ImmutableArray<string> Values, bool OrNull);

/// <summary>Which rows a reader wants.</summary>
/// <param name="Groups">Conditions on groups; all of them hold.</param>
/// <param name="From">First window's start.</param>
/// <param name="To">Start of the first window that is not wanted.</param>
/// <param name="Final">Only final windows, or only others.</param>
public sealed record RowFilter(ImmutableArray<GroupCondition> Groups, DateTime? From, DateTime? To, bool? Final)
{
    /// <summary>Names that are not columns. A group of such a name is filtered as <c>group.NAME</c>.</summary>
    public static readonly ImmutableHashSet<string> Reserved = ["from", "to", "final", "limit", "cursor", "format", "is_null", "last_event_id"];

    private const string Prefix = "group.";

    /// <summary>From a query string.</summary>
    /// <exception cref="FormatException">What is wrong, in a sentence.</exception>
    public static RowFilter Parse(AggregateShape shape, IReadOnlyDictionary<string, string[]> query)
    {
        var windowed = query.Keys.FirstOrDefault(name => name is "from" or "to");
        if (windowed is not null && shape.Window is null)
        {
            throw new FormatException($"'{windowed}' needs a window, and {shape.Name} has none.");
        }

        var nulls = query.GetValueOrDefault("is_null", []).Select(name => Group(shape, name)).ToHashSet();
        var equals = query.Where(pair => !Reserved.Contains(pair.Key)).Select(pair => (Column: Group(shape, pair.Key), pair.Value)).ToList();
        var columns = equals.Select(pair => pair.Column).Union(nulls);
        return new RowFilter(
            [.. columns.Select(column => new GroupCondition(column, [.. equals.Where(pair => pair.Column == column).SelectMany(pair => pair.Value)], nulls.Contains(column)))],
            Instant(query, "from"),
            Instant(query, "to"),
            Truth(query, "final"));
    }

    /// <summary>Adds its conditions.</summary>
    public void AddTo(Conditions conditions)
    {
        foreach (var group in Groups)
        {
            string[] either =
            [
                .. group.Values.IsEmpty ? [] : new[] { $"{group.Column.Quoted} = ANY ({conditions.Place(group.Values.ToArray())}::text[]::{group.Column.SqlType}[])" },
                .. group.OrNull ? [$"{group.Column.Quoted} IS NULL"] : Array.Empty<string>(),
            ];
            conditions.Add(either is [var only] ? only : $"({string.Join(" OR ", either)})");
        }

        Add(From, "window_start >=");
        Add(To, "window_start <");
        Add(Final, "streams_final =");

        void Add(object? value, string comparison)
        {
            if (value is not null)
            {
                conditions.Add($"{comparison} {conditions.Place(value)}");
            }
        }
    }

    private static ShapeColumn Group(AggregateShape shape, string parameter)
    {
        var name = parameter.StartsWith(Prefix, StringComparison.Ordinal) ? parameter[Prefix.Length..] : parameter;
        return shape.Groups.FirstOrDefault(group => group.Name == name)
            ?? throw new FormatException($"'{parameter}' is no group of {shape.Name}: it has {(shape.Groups.IsEmpty ? "none" : Sql.List(shape.Groups.Select(group => group.Name)))}.");
    }

    private static DateTime? Instant(IReadOnlyDictionary<string, string[]> query, string name) =>
        Single(query, name) is not { } text ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? instant.UtcDateTime
        : throw new FormatException($"'{name}' is '{text}', and not an instant such as 2026-01-31 or 2026-01-31T08:00:00Z.");

    private static bool? Truth(IReadOnlyDictionary<string, string[]> query, string name) => Single(query, name) switch
    {
        null => null,
        "true" => true,
        "false" => false,
        var text => throw new FormatException($"'{name}' is '{text}', and neither true nor false."),
    };

    /// <summary>A parameter that is given once or not at all.</summary>
    /// <exception cref="FormatException">It is given more often.</exception>
    public static string? Single(IReadOnlyDictionary<string, string[]> query, string name) => query.GetValueOrDefault(name) switch
    {
        null => null,
        [var text] => text,
        _ => throw new FormatException($"'{name}' is given more than once."),
    };
}
