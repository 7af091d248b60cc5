using System.Text.Json;
using Microsoft.Extensions.Options;
using Npgsql;
using Streams.IngestApi.Data;
using Streams.IngestApi.Http;
using Streams.IngestApi.Http.Body;
using Streams.IngestApi.Http.Idempotency;
using Streams.IngestApi.Http.Paging;
using Streams.IngestApi.Http.Problems;

namespace Streams.IngestApi.Resources;

/// <summary>The operations on one kind of resource, over HTTP.</summary>
internal sealed class ResourceHandler<TInput, TView>(Resource<TInput, TView> resource, Writes writes, Reads reads, IOptions<IngestApiOptions> options)
    where TView : TInput
{
    private static readonly IReadOnlySet<string> None = new HashSet<string>();

    private ResourceTable Table => resource.Table;

    /// <summary>POST on the collection.</summary>
    public async Task<IResult> CreateAsync(HttpContext context)
    {
        var body = await BodyAsync(context);
        var input = JsonBody.As<TInput>(body, None);
        return await writes.RunAsync(IdempotentRequest.Of(context.Request, body), async session =>
        {
            var row = (await resource.InsertAsync(session, [input])).Single();
            return ApiReply.Resource(StatusCodes.Status201Created, row.Body).With("Location", $"/v1/{Table.Name}/{row.Path}");
        }, context.RequestAborted);
    }

    /// <summary>POST of a batch: all rows or none.</summary>
    public async Task<IResult> CreateBatchAsync(HttpContext context)
    {
        var body = await BodyAsync(context);
        RequireFewEnough(body);
        var input = JsonBody.As<Batch<TInput>>(body, None);
        return await writes.RunAsync(IdempotentRequest.Of(context.Request, body), async session =>
        {
            var rows = await resource.InsertAsync(session, input.Items);
            return ApiReply.Created($"{{\"items\":[{string.Join(',', rows.Select(row => row.Body))}]}}");
        }, context.RequestAborted);
    }

    /// <summary>GET of one, from the primary.</summary>
    public Task<IResult> ReadAsync(HttpContext context, ResourceKey key) =>
        reads.FromPrimaryAsync(context, Table.ReadSql, key.Parameters(), () => NotFound(key));

    /// <summary>GET of a page.</summary>
    public Task<IResult> ListAsync(HttpContext context)
    {
        var page = PageRequest.Parse(context.Request, Table.Name, Table.Key.Count);
        return reads.FromPrimaryAsync(context, Table.ListSql, page.Parameters(), () => ApiErrors.NoRoute.With(Table.Name), page);
    }

    /// <summary>PUT: replaces what clients write.</summary>
    public async Task<IResult> ReplaceAsync(HttpContext context, ResourceKey key)
    {
        var condition = Preconditions.RequireIfMatch(context.Request);
        var body = await BodyAsync(context);
        var input = JsonBody.As<TInput>(body, resource.ReadOnlyFields);
        return await ChangeAsync(context, key, condition, _ => input);
    }

    /// <summary>PATCH: a merge patch on the current representation.</summary>
    public async Task<IResult> PatchAsync(HttpContext context, ResourceKey key)
    {
        var condition = Preconditions.RequireIfMatch(context.Request);
        var patch = await BodyAsync(context);
        return await ChangeAsync(context, key, condition, current => JsonBody.As<TInput>(MergePatch.Apply(current.Body, patch), resource.ReadOnlyFields));
    }

    /// <summary>DELETE.</summary>
    public async Task<IResult> DeleteAsync(HttpContext context, ResourceKey key)
    {
        var condition = Preconditions.RequireIfMatch(context.Request);
        return await writes.RunAsync(null, async session =>
        {
            condition.Require((await LockAsync(session, key)).Version);
            try
            {
                await session.ExecuteAsync(Table.DeleteSql, key.Parameters());
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.ForeignKeyViolation)
            {
                throw ApiErrors.Referenced.With($"Rows of {exception.TableName} refer to {Table.Name}/{key}.", inner: exception);
            }

            return ApiReply.NoContent();
        }, context.RequestAborted);
    }

    private Task<ApiReply> ChangeAsync(HttpContext context, ResourceKey key, ChangeCondition condition, Func<LockedRow, TInput> change) =>
        writes.RunAsync(null, async session =>
        {
            var current = await LockAsync(session, key);
            condition.Require(current.Version);
            var row = await resource.UpdateAsync(session, key, change(current));
            return ApiReply.Resource(StatusCodes.Status200OK, row.Body);
        }, context.RequestAborted);

    private async Task<LockedRow> LockAsync(WriteSession session, ResourceKey key) =>
        await resource.LockAsync(session, key) ?? throw NotFound(key);

    private Task<JsonElement> BodyAsync(HttpContext context) =>
        JsonBody.ReadAsync(context.Request, options.Value.MaxBodyBytes, context.RequestAborted);

    private void RequireFewEnough(JsonElement body)
    {
        if (body.ValueKind == JsonValueKind.Object && body.TryGetProperty("items", out var items) && items.ValueKind == JsonValueKind.Array
            && items.GetArrayLength() > options.Value.MaxBatchRows)
        {
            throw ApiErrors.TooLarge.With($"A batch has at most {options.Value.MaxBatchRows} rows; this one has {items.GetArrayLength()}.");
        }
    }

    private ApiException NotFound(ResourceKey key) => ApiErrors.NotFound.With($"{Table.Name}/{key} is not there.");
}
