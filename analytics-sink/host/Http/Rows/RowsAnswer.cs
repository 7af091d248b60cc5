using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Npgsql;
using Streams.AnalyticsSink.Reading;
using Streams.AnalyticsSink.Storing;

namespace Streams.AnalyticsSink.Host.Http.Rows;

/// <summary>Rows of an aggregate as an answer: a page, or everything as it is read.</summary>
internal sealed class RowsAnswer(NpgsqlConnection connection, ServedTable table, AggregateQuery query, HttpContext context)
{
    private const int FlushEvery = 256;

    private HttpResponse Response => context.Response;

    /// <summary>Writes it.</summary>
    public async Task WriteAsync()
    {
        var filter = AggregateQuery.FilterOf(table.Shape, query.Parameters);
        var statement = RowSql.Page(table.Shape, filter, query.After(table), query.Limit + 1);
        var rows = ReadStore.TextsAsync(connection, statement, context.RequestAborted);
        table.WriteHeaders(Response);
        Response.ContentType = query.Format == RowFormat.Json ? query.Format.MediaType : $"{query.Format.MediaType}; charset=utf-8";
        if (query.Limit is not { } limit)
        {
            await WriteLinesAsync(rows);
            return;
        }

        var page = new List<string?[]>();
        await foreach (var row in rows)
        {
            page.Add(row);
        }

        var next = page.Count > limit ? CursorOf(page[limit - 1]) : null;
        if (next is not null)
        {
            Response.Headers.Link = $"<{NextOf(next)}>; rel=\"next\"";
        }

        await WritePageAsync(page[..Math.Min(limit, page.Count)], next);
    }

    private Task WritePageAsync(List<string?[]> page, PageCursor? next) =>
        query.Format == RowFormat.Json ? WriteJsonAsync(page, next) : WriteLinesAsync(page.ToAsyncEnumerable());

    private async Task WriteJsonAsync(List<string?[]> page, PageCursor? next)
    {
        await using var json = new Utf8JsonWriter(Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("aggregate", table.Shape.Name);
        json.WriteString("as_of", table.AsOf);
        json.WriteString("as_of_lsn", table.AsOfLsn);
        json.WriteString("next", next?.ToString());
        json.WriteStartArray("rows");
        foreach (var row in page)
        {
            RowText.WriteJson(json, table.Shape.Columns, row);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
    }

    private async Task WriteLinesAsync(IAsyncEnumerable<string?[]> rows)
    {
        var isCsv = query.Format == RowFormat.Csv;
        var text = new StringBuilder(isCsv ? RowText.Csv(table.Shape.Columns.Select(column => column.Name)) : "");
        var lines = 0;
        await foreach (var row in rows)
        {
            text.Append(isCsv ? RowText.Csv(row) : JsonLine(row));
            if (++lines % FlushEvery == 0)
            {
                await FlushAsync(text);
            }
        }

        await FlushAsync(text);
    }

    private async Task FlushAsync(StringBuilder text)
    {
        await Response.WriteAsync(text.ToString(), context.RequestAborted);
        text.Clear();
    }

    private string JsonLine(string?[] row)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            RowText.WriteJson(json, table.Shape.Columns, row);
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private PageCursor CursorOf(string?[] row)
    {
        var columns = table.Shape.Columns;
        return new PageCursor(table.Limits.Table, [.. table.Shape.Key.Select(key => row[columns.IndexOf(key)])]);
    }

    private string NextOf(PageCursor next)
    {
        var parameters = query.Parameters.Where(pair => pair.Key != "cursor").SelectMany(pair => pair.Value.Select(value => KeyValuePair.Create(pair.Key, (string?)value)));
        return context.Request.Path + QueryString.Create([.. parameters, KeyValuePair.Create("cursor", (string?)next.ToString())]);
    }
}
