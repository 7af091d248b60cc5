using System.Text;
using Dapper;
using Npgsql;
using Streams.IngestApi.Http;
using Streams.IngestApi.Http.Paging;
using Streams.IngestApi.Http.Problems;

namespace Streams.IngestApi.Data;

/// <summary>Reads that answer with JSON made by SQL.</summary>
internal sealed class Reads(NpgsqlDataSource database)
{
    /// <summary>Reads the primary.</summary>
    /// <param name="context">Request.</param>
    /// <param name="sql">One row of one text column, or no row.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="missing">What no row means.</param>
    /// <param name="page">The page asked for, if it is a list.</param>
    public async Task<IResult> FromPrimaryAsync(
        HttpContext context, string sql, DynamicParameters parameters, Func<ApiException> missing, PageRequest? page = null)
    {
        await using var connection = await database.OpenConnectionAsync(context.RequestAborted);
        var json = await connection.QuerySingleOrDefaultAsync<string>(new CommandDefinition(sql, parameters, cancellationToken: context.RequestAborted));
        return Reply(context, json is null ? throw missing() : Encoding.UTF8.GetBytes(json), page);
    }

    private static ApiReply Reply(HttpContext context, ReadOnlyMemory<byte> json, PageRequest? page)
    {
        var etag = EntityTag.OfBody(json.Span);
        var reply = Preconditions.ClientHas(context.Request, etag)
            ? new ApiReply { Status = StatusCodes.Status304NotModified }
            : ApiReply.Ok(json);
        if (page?.LinkToNext(context.Request, json.Span) is { } link)
        {
            reply.With("Link", link);
        }

        // A shared HTTP cache would not hear of invalidations: it may keep the answer, but has to ask each time.
        return reply.With("ETag", etag).With("Cache-Control", "no-cache");
    }
}
