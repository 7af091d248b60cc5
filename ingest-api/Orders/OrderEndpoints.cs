using Streams.IngestApi.Resources;

namespace Streams.IngestApi.Orders;

/// <summary><c>/v1/orders</c>; one order is read through the cache.</summary>
internal static class OrderEndpoints
{
    public static void MapOrders(this IEndpointRouteBuilder routes) => routes.MapResource(new OrderResource(), "order");
}
