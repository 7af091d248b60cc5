using Streams.IngestApi.Resources;

namespace Streams.IngestApi.Inventory;

/// <summary><c>/v1/inventory</c>.</summary>
internal static class InventoryEndpoints
{
    public static void MapInventory(this IEndpointRouteBuilder routes) => routes.MapPairResource(new InventoryResource(), "inventory level");
}
