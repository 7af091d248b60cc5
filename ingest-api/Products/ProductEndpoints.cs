using Streams.IngestApi.Caching;
using Streams.IngestApi.Data;
using Streams.IngestApi.Http.Paging;
using Streams.IngestApi.Http.Problems;
using Streams.IngestApi.OpenApi;
using Streams.IngestApi.Resources;

namespace Streams.IngestApi.Products;

/// <summary><c>/v1/products</c>, and the products of a category; one product and those lists are read through the cache.</summary>
internal static class ProductEndpoints
{
    private const string CategoryList = "category-products";

    private static readonly ResourceTable Table = new(
        "products",
        "public.product",
        ["id"],
        [new("sku", "text"), new("name", "text"), new("description", "text"), new("price", "numeric"), new("category_id", "bigint")]);

    /// <summary>No row if there is no such category.</summary>
    private static readonly string CategoryListSql = $"""
        WITH {PageSql.Rows(Table.Body, "public.product", Table.Key, "t.category_id = @id::bigint")}
        SELECT json_build_object({PageSql.Members(CategoryList, Table.Key)})::text FROM public.category c WHERE c.id = @id::bigint
        """;

    public static void MapProducts(this IEndpointRouteBuilder routes)
    {
        var (reads, rules) = (routes.ServiceProvider.GetRequiredService<Reads>(), routes.ServiceProvider.GetRequiredService<ReadRules>());
        routes.MapResource(new Resource<ProductInput, Product>(Table), "product", (context, key) =>
            reads.ThroughCacheAsync(context, rules.Product(key.Values[0]), () => ApiErrors.NotFound.With($"products/{key} is not there.")));
        routes.MapGet("/v1/categories/{id:long:min(1)}/products", (long id, HttpContext context) =>
            {
                var page = PageRequest.Parse(context.Request, CategoryList, 1);
                return reads.ThroughCacheAsync(
                    context, rules.ProductsOf(id, page, CategoryListSql), () => ApiErrors.NotFound.With($"categories/{id} is not there."), page);
            })
            .WithSummary("List the products of a category").Produces<Page<Product>>()
            .WithMetadata(new OperationNotes { Paged = true, Cached = true });
    }
}
