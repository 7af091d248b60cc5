using System.Text.Json.Serialization;
using System.Xml;
using Streams.AnalyticsSink.Shapes;

namespace Streams.AnalyticsSink.Host.Http.Description;

/// <summary>An aggregate in the list.</summary>
/// <param name="Name">Name.</param>
/// <param name="Source">Captured table.</param>
/// <param name="Where">Condition, or null.</param>
/// <param name="Key">Columns that tell one row from another.</param>
/// <param name="Columns">Columns, in order.</param>
/// <param name="Window">Window, or null.</param>
/// <param name="Epoch">Epoch that is served; null: none is whole yet.</param>
/// <param name="AsOf">Every commit up to this instant of the source's clock is contained; null: not known yet.</param>
/// <param name="AsOfLsn">WAL position of that.</param>
/// <param name="Rows">Rows, counted up to 100,000.</param>
/// <param name="RowsExact">Whether that is all of them.</param>
/// <param name="Links">Where to go from here.</param>
internal sealed record AggregateSummary(
    string Name, string Source, string? Where, IReadOnlyList<string> Key, IReadOnlyList<ColumnSummary> Columns, WindowSummary? Window, long? Epoch,
    string? AsOf, string? AsOfLsn, long Rows, bool RowsExact, AggregateLinks Links)
{
    public static AggregateSummary Of(ServedTable table, long rows, long most) => new(
        table.Shape.Name,
        table.Shape.Source,
        table.Shape.Where,
        [.. table.Shape.Key.Select(column => column.Name)],
        [.. table.Shape.Columns.Select(column => new ColumnSummary(column.Name, column.SqlType, column.Role, column.Meaning))],
        table.Shape.Window is { } window
            ? new WindowSummary(window.Kind, Time(window.Size), Time(window.Advance), window.On, Time(window.Grace), window.Retain is { } retain ? Time(retain) : null)
            : null,
        table.Epoch,
        table.AsOf,
        table.AsOfLsn,
        rows,
        rows < most,
        AggregateLinks.Of(table.Shape.Name));

    private static string Time(TimeSpan span) => XmlConvert.ToString(span);
}

/// <summary>A column.</summary>
internal sealed record ColumnSummary(string Name, string Type, [property: JsonConverter(typeof(JsonStringEnumConverter<ColumnRole>))] ColumnRole Role, string Meaning);

/// <summary>A window; times as ISO 8601.</summary>
internal sealed record WindowSummary(string Kind, string Size, string Advance, string On, string Grace, string? Retain);

/// <summary>Paths of an aggregate.</summary>
internal sealed record AggregateLinks(string Rows, string Stream, string Docs)
{
    public static AggregateLinks Of(string name) => new($"/v1/aggregates/{name}", $"/v1/aggregates/{name}/stream", $"/v1/aggregates/{name}/docs");
}

/// <summary>The list.</summary>
/// <param name="Aggregates">Aggregates by name.</param>
/// <param name="AsOf">The least of them; null: one is not known yet.</param>
/// <param name="AsOfLsn">The same as WAL position.</param>
internal sealed record AggregateList(IReadOnlyList<AggregateSummary> Aggregates, string? AsOf, string? AsOfLsn);
