namespace Streams.IngestApi.Http.Paging;

/// <summary>SQL that gives a page as one JSON value: <c>{"next": cursor or null, "items": […]}</c>.</summary>
internal static class PageSql
{
    /// <summary>Builds the page's members over a CTE named <c>page</c>.</summary>
    /// <param name="list">Name of the list, put into its cursors.</param>
    /// <param name="keys">Key columns, as the CTE names them.</param>
    public static string Members(string list, IEnumerable<string> keys) => $$"""
        'next', (SELECT translate(encode(convert_to('{{list}}:' || concat_ws(',', {{string.Join(", ", keys)}}), 'UTF8'), 'base64'), E'+/=\n', '-_')
                 FROM page WHERE n = @limit::int AND EXISTS (SELECT FROM page WHERE n > @limit::int)),
        'items', (SELECT coalesce(json_agg(body ORDER BY n), '[]'::json) FROM page WHERE n <= @limit::int)
        """;

    /// <summary>The CTE: one row more than asked for tells whether there is a next page.</summary>
    /// <param name="body">JSON expression over alias <c>t</c>.</param>
    /// <param name="table">Table.</param>
    /// <param name="keys">Key columns.</param>
    /// <param name="filter">Further condition, or empty.</param>
    public static string Rows(string body, string table, IReadOnlyList<string> keys, string filter = "")
    {
        var columns = string.Join(", ", keys.Select(key => $"t.{key}"));
        var after = string.Join(", ", keys.Select((_, index) => $"@after{index}::bigint"));
        var condition = filter.Length > 0 ? $" AND {filter}" : "";
        return $"""
            page AS MATERIALIZED (
              SELECT {body} AS body, {columns}, row_number() OVER (ORDER BY {columns}) AS n
              FROM {table} t WHERE ({columns}) > ({after}){condition} ORDER BY {columns} LIMIT @limit::int + 1)
            """;
    }
}
