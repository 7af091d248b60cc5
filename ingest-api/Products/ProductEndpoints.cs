using Streams.IngestApi.Resources;

namespace Streams.IngestApi.Products;

/// <summary><c>/v1/products</c>; one product is read through the cache.</summary>
internal static class ProductEndpoints
{
    internal static readonly ResourceTable Table = new(
        "products",
        "public.product",
        ["id"],
        [new("sku", "text"), new("name", "text"), new("description", "text"), new("price", "numeric"), new("category_id", "bigint")]);

    public static void MapProducts(this IEndpointRouteBuilder routes) =>
        routes.MapResource(new Resource<ProductInput, Product>(Table), "product");
}
