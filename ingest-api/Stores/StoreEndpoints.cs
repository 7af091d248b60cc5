using Streams.IngestApi.Resources;

namespace Streams.IngestApi.Stores;

/// <summary><c>/v1/stores</c>.</summary>
internal static class StoreEndpoints
{
    private static readonly ResourceTable Table = new("stores", "public.store", ["id"], [new("name", "text"), new("city", "text")]);

    public static void MapStores(this IEndpointRouteBuilder routes) =>
        routes.MapResource(new Resource<StoreInput, Store>(Table), "store");
}
