using System.Globalization;
using System.Text;
using Dapper;
using Npgsql;
using Streams.Cache.Reading;
using Streams.IngestApi.Caching;
using Streams.IngestApi.Http;
using Streams.IngestApi.Http.Paging;
using Streams.IngestApi.Http.Problems;

namespace Streams.IngestApi.Data;

/// <summary>Reads that answer with JSON made by SQL: of the primary, or through the fenced cache.</summary>
internal sealed class Reads(NpgsqlDataSource database, CacheConnection cache, Patience patience)
{
    /// <summary>The commits that the answer must contain.</summary>
    public const string MinCommitHeader = "Streams-Min-Commit";

    /// <summary>Reads the primary.</summary>
    /// <param name="context">Request.</param>
    /// <param name="sql">One row of one text column, or no row.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="missing">What no row means.</param>
    /// <param name="page">The page asked for, if it is a list.</param>
    public async Task<IResult> FromPrimaryAsync(
        HttpContext context, string sql, DynamicParameters parameters, Func<ApiException> missing, PageRequest? page = null)
    {
        _ = MinCommit(context.Request);
        return Reply(context, await patience.BoundAsync(QueryAsync(sql, parameters, context.RequestAborted)) ?? throw missing(), page);
    }

    /// <summary>Reads through the cache; while there is none, the primary.</summary>
    /// <param name="context">Request.</param>
    /// <param name="target">What is read.</param>
    /// <param name="missing">What no row means.</param>
    /// <param name="page">The page asked for, if it is a list.</param>
    public async Task<IResult> ThroughCacheAsync(HttpContext context, CachedTarget target, Func<ApiException> missing, PageRequest? page = null)
    {
        var mustInclude = MinCommit(context.Request);
        var read = await patience.BoundAsync(cache.Current is { } open
            ? open.ReadAsync(target.Entry, target.Query, mustInclude, context.RequestAborted)
            : WithoutCacheAsync(target.Query, context.RequestAborted));
        var headers = context.Response.Headers;
        headers[CacheStatus.Header] = CacheStatus.Of(read);
        if (read.Age is { } age)
        {
            headers.Age = CacheStatus.Seconds(age).ToString(CultureInfo.InvariantCulture);
        }

        return Reply(context, read.Payload ?? throw missing(), page);
    }

    private async Task<CachedRead> WithoutCacheAsync(CacheQuery query, CancellationToken cancellationToken)
    {
        var parameters = new DynamicParameters();
        foreach (var (name, value) in query.Parameters)
        {
            parameters.Add(name, value);
        }

        var payload = await QueryAsync(query.Sql, parameters, cancellationToken);
        return new CachedRead(payload, CacheOutcome.Bypass, false, null, null, "redis-connecting");
    }

    private async Task<ReadOnlyMemory<byte>?> QueryAsync(string sql, DynamicParameters parameters, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var json = await connection.QuerySingleOrDefaultAsync<string>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
        return json is null ? (ReadOnlyMemory<byte>?)null : Encoding.UTF8.GetBytes(json);
    }

    /// <summary>The header, several joined. The primary itself contains every commit that was acknowledged.</summary>
    private static CommitToken? MinCommit(HttpRequest request)
    {
        CommitToken? all = null;
        foreach (var text in request.Headers[MinCommitHeader])
        {
            var token = CommitToken.TryParse(text) ?? throw ApiErrors.BadMinCommit.With($"It is '{text}'.");
            all = all?.Union(token) ?? token;
        }

        return all;
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
