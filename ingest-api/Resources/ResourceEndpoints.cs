using Microsoft.Extensions.Options;
using Streams.IngestApi.Data;
using Streams.IngestApi.OpenApi;

namespace Streams.IngestApi.Resources;

/// <summary>Routes of a resource: the collection, a batch, and the single one.</summary>
internal static class ResourceEndpoints
{
    private const string Json = "application/json";

    /// <summary>Maps a resource whose key is <c>id</c>.</summary>
    /// <param name="routes">Routes.</param>
    /// <param name="resource">Resource.</param>
    /// <param name="noun">What one is called, in descriptions.</param>
    /// <param name="read">Reads one; from the primary if null.</param>
    public static void MapResource<TInput, TView>(
        this IEndpointRouteBuilder routes, Resource<TInput, TView> resource, string noun, Func<HttpContext, ResourceKey, Task<IResult>>? read = null)
        where TInput : notnull
        where TView : TInput
    {
        var handler = routes.MapCollection(resource, noun);
        var path = $"/v1/{resource.Table.Name}/{{id:long:min(1)}}";
        var operations = new SingleOperations<TInput, TView>(noun, read is not null);
        operations.Read(routes.MapGet(path, (long id, HttpContext context) => (read ?? handler.ReadAsync)(context, resource.Key(id))));
        operations.Replace(routes.MapPut(path, (long id, HttpContext context) => handler.ReplaceAsync(context, resource.Key(id))));
        operations.Patch(routes.MapPatch(path, (long id, HttpContext context) => handler.PatchAsync(context, resource.Key(id))));
        operations.Delete(routes.MapDelete(path, (long id, HttpContext context) => handler.DeleteAsync(context, resource.Key(id))));
    }

    /// <summary>Maps a resource whose key is product and store.</summary>
    public static void MapPairResource<TInput, TView>(this IEndpointRouteBuilder routes, Resource<TInput, TView> resource, string noun)
        where TInput : notnull
        where TView : TInput
    {
        var handler = routes.MapCollection(resource, noun);
        var path = $"/v1/{resource.Table.Name}/{{product_id:long:min(1)}}/{{store_id:long:min(1)}}";
        var operations = new SingleOperations<TInput, TView>(noun, cached: false);
        operations.Read(routes.MapGet(path, (long product_id, long store_id, HttpContext context) => handler.ReadAsync(context, resource.Key(product_id, store_id))));
        operations.Replace(routes.MapPut(path, (long product_id, long store_id, HttpContext context) => handler.ReplaceAsync(context, resource.Key(product_id, store_id))));
        operations.Patch(routes.MapPatch(path, (long product_id, long store_id, HttpContext context) => handler.PatchAsync(context, resource.Key(product_id, store_id))));
        operations.Delete(routes.MapDelete(path, (long product_id, long store_id, HttpContext context) => handler.DeleteAsync(context, resource.Key(product_id, store_id))));
    }

    private static ResourceHandler<TInput, TView> MapCollection<TInput, TView>(this IEndpointRouteBuilder routes, Resource<TInput, TView> resource, string noun)
        where TInput : notnull
        where TView : TInput
    {
        var services = routes.ServiceProvider;
        var handler = new ResourceHandler<TInput, TView>(
            resource, services.GetRequiredService<Writes>(), services.GetRequiredService<Reads>(), services.GetRequiredService<IOptions<IngestApiOptions>>());
        var path = $"/v1/{resource.Table.Name}";
        routes.MapPost(path, (Delegate)handler.CreateAsync)
            .WithSummary($"Create a {noun}").Accepts<TInput>(Json).Produces<TView>(StatusCodes.Status201Created)
            .WithMetadata(new OperationNotes { Creates = true });
        routes.MapPost($"{path}:batch", (Delegate)handler.CreateBatchAsync)
            .WithSummary("Create many, all or none").Accepts<Batch<TInput>>(Json).Produces<Batch<TView>>(StatusCodes.Status201Created)
            .WithMetadata(new OperationNotes { Creates = true });
        routes.MapGet(path, (Delegate)handler.ListAsync)
            .WithSummary("List, in order of the key").Produces<Page<TView>>().WithMetadata(new OperationNotes { Paged = true });
        return handler;
    }

    /// <summary>What the document says about the operations on one resource.</summary>
    private sealed class SingleOperations<TInput, TView>(string noun, bool cached)
        where TInput : notnull
    {
        public void Read(RouteHandlerBuilder route) => route
            .WithSummary($"Read a {noun}").Produces<TView>().WithMetadata(new OperationNotes { Reads = true, Cached = cached });

        public void Replace(RouteHandlerBuilder route) => route
            .WithSummary($"Replace a {noun}").Accepts<TInput>(Json).Produces<TView>().WithMetadata(new OperationNotes { Changes = true });

        public void Patch(RouteHandlerBuilder route) => route
            .WithSummary($"Change fields of a {noun} (merge patch, RFC 7396)").Accepts<TInput>("application/merge-patch+json", Json).Produces<TView>()
            .WithMetadata(new OperationNotes { Changes = true });

        public void Delete(RouteHandlerBuilder route) => route
            .WithSummary($"Delete a {noun}").Produces(StatusCodes.Status204NoContent).WithMetadata(new OperationNotes { Changes = true });
    }
}
