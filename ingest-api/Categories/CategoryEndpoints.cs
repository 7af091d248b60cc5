using Streams.IngestApi.Resources;

namespace Streams.IngestApi.Categories;

/// <summary><c>/v1/categories</c>.</summary>
internal static class CategoryEndpoints
{
    private static readonly ResourceTable Table = new("categories", "public.category", ["id"], [new("name", "text")]);

    public static void MapCategories(this IEndpointRouteBuilder routes) =>
        routes.MapResource(new Resource<CategoryInput, Category>(Table), "category");
}
