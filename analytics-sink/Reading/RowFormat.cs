using System.Collections.Immutable;

namespace Streams.AnalyticsSink.Reading;

/// <summary>Forms of an answer.</summary>
/// <param name="Name">As in <c>format=</c>.</param>
/// <param name="MediaType">As it is answered.</param>
public sealed record RowFormat(string Name, string MediaType)
{
    /// <summary>One JSON object with the rows in it; the default.</summary>
    public static readonly RowFormat Json = new("json", "application/json");

    /// <summary>One JSON object per line.</summary>
    public static readonly RowFormat JsonLines = new("jsonl", "application/jsonl");

    /// <summary>RFC 4180 with a header line; NULL is nothing, an empty text is <c>""</c>.</summary>
    public static readonly RowFormat Csv = new("csv", "text/csv");

    /// <summary>What is offered.</summary>
    public static readonly ImmutableArray<RowFormat> All = [Json, JsonLines, Csv];

    /// <summary>The form that a request asks for; null: none that is offered.</summary>
    /// <param name="name">Value of <c>format=</c>; null: it is not given.</param>
    /// <param name="accepted">Media types, the preferred one first; none: anything.</param>
    public static RowFormat? Choose(string? name, IReadOnlyList<string> accepted) => name is not null
        ? All.FirstOrDefault(format => format.Name == name)
        : accepted.Count == 0 ? Json : accepted.Select(OfMediaType).FirstOrDefault(format => format is not null);

    private static RowFormat? OfMediaType(string type) => type.ToLowerInvariant() switch
    {
        "application/json" or "application/*" or "*/*" => Json,
        "application/jsonl" or "application/x-ndjson" or "application/x-jsonlines" => JsonLines,
        "text/csv" or "text/*" => Csv,
        _ => null,
    };
}
