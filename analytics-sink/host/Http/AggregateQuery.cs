using Microsoft.AspNetCore.Http;
using Streams.AnalyticsSink.Host.Http.Problems;
using Streams.AnalyticsSink.Reading;
using Streams.AnalyticsSink.Shapes;

namespace Streams.AnalyticsSink.Host.Http;

/// <summary>What a request asks for.</summary>
/// <param name="Format">Form of the answer.</param>
/// <param name="Limit">Most rows; null: all, for formats that are written as they are read.</param>
/// <param name="Cursor">Text of the cursor, or null.</param>
/// <param name="Parameters">The query string.</param>
internal sealed record AggregateQuery(RowFormat Format, int? Limit, string? Cursor, IReadOnlyDictionary<string, string[]> Parameters)
{
    public const int DefaultLimit = 500, MaxLimit = 10_000;

    /// <summary>What can be said without knowing the aggregate.</summary>
    public static AggregateQuery Parse(HttpRequest request)
    {
        var parameters = ParametersOf(request);
        var format = RowFormat.Choose(One("format"), Accepted(request)) ?? throw ReadErrors.BadFormat.With(
            $"Asked for is {One("format") ?? request.Headers.Accept.ToString()}; offered are {string.Join(", ", RowFormat.All.Select(offered => $"{offered.Name} ({offered.MediaType})"))}.");
        var limit = One("limit");
        if (limit is not null && (!int.TryParse(limit, System.Globalization.NumberStyles.None, null, out var rows) || rows is < 1 or > MaxLimit))
        {
            throw ReadErrors.BadPage.With($"limit is '{limit}'.");
        }

        var cursor = One("cursor");
        int? most = limit is not null ? int.Parse(limit, System.Globalization.CultureInfo.InvariantCulture) : format == RowFormat.Json || cursor is not null ? DefaultLimit : null;
        return new AggregateQuery(format, most, cursor, parameters);

        string? One(string name) => Guard(() => RowFilter.Single(parameters, name), ReadErrors.BadPage);
    }

    public static IReadOnlyDictionary<string, string[]> ParametersOf(HttpRequest request) => request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.Select(value => value ?? "").ToArray());

    /// <summary>The filter on an aggregate.</summary>
    public static RowFilter FilterOf(AggregateShape shape, IReadOnlyDictionary<string, string[]> parameters) => Guard(() => RowFilter.Parse(shape, parameters), ReadErrors.BadFilter);

    /// <summary>Where the page before ended.</summary>
    public PageCursor? After(ServedTable table) => Cursor is null ? null : Guard(() => PageCursor.Parse(Cursor, table.Limits.Table, table.Shape), ReadErrors.BadPage);

    private static T Guard<T>(Func<T> parse, ReadError error)
    {
        try
        {
            return parse();
        }
        catch (FormatException exception)
        {
            throw error.With(exception.Message, exception);
        }
    }

    /// <summary>Media types of Accept, the preferred first.</summary>
    private static List<string> Accepted(HttpRequest request) =>
        [.. request.GetTypedHeaders().Accept.Where(type => type.Quality is not 0).OrderByDescending(type => type.Quality ?? 1).Select(type => type.MediaType.ToString())];
}
