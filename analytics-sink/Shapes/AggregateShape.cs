using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Streams.Core.Aggregates;

namespace Streams.AnalyticsSink.Shapes;

/// <summary>
/// What there is to know about the table of one definition of an aggregate. It is kept beside the table, because the one that is served may be of
/// an older definition than <c>streams.yaml</c>: readers go by this, and need neither the file nor the captured database.
/// </summary>
/// <param name="Name">Name of the aggregate.</param>
/// <param name="Definition"><see cref="AggregatePlan.Hash"/>.</param>
/// <param name="Source">Captured table.</param>
/// <param name="Where">Condition, or null.</param>
/// <param name="Partitions">Partitions of the output topic.</param>
/// <param name="Groups">Group columns.</param>
/// <param name="Window">Window, or null.</param>
/// <param name="Measures">Measures.</param>
public sealed record AggregateShape(
    string Name,
    string Definition,
    string Source,
    string? Where,
    int Partitions,
    ImmutableArray<ShapeColumn> Groups,
    ShapeWindow? Window,
    ImmutableArray<ShapeColumn> Measures)
{
    /// <summary>Columns about the row itself.</summary>
    public const string Empty = "streams_empty", Final = "streams_final", Epoch = "streams_epoch", Revision = "streams_revision",
        AsOfLsn = "streams_as_of_lsn", AsOf = "streams_as_of", Change = "streams_change", WindowStart = "window_start", WindowEnd = "window_end";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    private static readonly ImmutableArray<ShapeColumn> RowColumns =
    [
        new(Final, "boolean", ColumnRole.Row, "No more rows are expected for the window (advisory)"),
        new(Epoch, "bigint", ColumnRole.Row, "Version, first part"),
        new(Revision, "bigint", ColumnRole.Row, "Version, second part: grows with every change of the group"),
        new(AsOfLsn, "pg_lsn", ColumnRole.Row, "The row contains every commit up to this WAL position"),
        new(AsOf, "timestamptz", ColumnRole.Row, "Clock of the source at that position"),
    ];

    /// <summary>Columns that tell one row from another: the window's start, then the groups.</summary>
    [JsonIgnore]
    public ImmutableArray<ShapeColumn> Key => Window is null ? Groups : [WindowColumns[0], .. Groups];

    /// <summary>Columns that readers see, in order.</summary>
    [JsonIgnore]
    public ImmutableArray<ShapeColumn> Columns => [.. Groups, .. WindowColumns, .. Measures, .. RowColumns];

    private ImmutableArray<ShapeColumn> WindowColumns => Window is not { } window ? [] :
    [
        new(WindowStart, "timestamptz", ColumnRole.Window, window.IsSession ? "First row of the session" : "First instant of the window"),
        new(WindowEnd, "timestamptz", ColumnRole.Window, window.IsSession ? "Last row of the session" : "End of the window"),
    ];

    /// <summary>The shape that a plan gives.</summary>
    public static AggregateShape Of(AggregatePlan plan) => new(
        plan.Name,
        plan.Hash,
        plan.Table.Name,
        plan.Where?.Sql,
        plan.Definition.Partitions,
        [.. plan.Groups.Select(group => new ShapeColumn(group.Name, group.Expression.Type.Sql, ColumnRole.Group, group.Expression.Sql))],
        plan.Window is { } window
            ? new ShapeWindow(window.Kind.ToString().ToLowerInvariant(), window.Size, window.Advance, plan.WindowOn!.Sql, window.Grace, window.Retain)
            : null,
        [.. plan.Measures.Select(measure => new ShapeColumn(measure.Name, measure.Kind == MeasureKind.Top ? "jsonb" : measure.Type.Sql, ColumnRole.Measure, Meaning(measure)))]);

    /// <summary>From its text in the database.</summary>
    public static AggregateShape Parse(string json) => JsonSerializer.Deserialize<AggregateShape>(json, Json) ?? throw new JsonException("null");

    /// <summary>Its text for the database.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    private static string Meaning(Measure measure) => measure.Kind switch
    {
        MeasureKind.Count => measure.Argument is { } argument ? $"count({argument.Sql})" : "count(*)",
        MeasureKind.Sum => $"sum({measure.Argument!.Sql})",
        MeasureKind.Average => $"avg({measure.Argument!.Sql})",
        MeasureKind.Minimum => $"min({measure.Argument!.Sql})",
        MeasureKind.Maximum => $"max({measure.Argument!.Sql})",
        MeasureKind.CountDistinct => $"count(distinct {measure.Argument!.Sql})",
        _ => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"top({measure.Limit}, {measure.Argument!.Sql})"),
    };
}
