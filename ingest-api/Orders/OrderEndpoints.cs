using Streams.IngestApi.Caching;
using Streams.IngestApi.Data;
using Streams.IngestApi.Http.Paging;
using Streams.IngestApi.Http.Problems;
using Streams.IngestApi.OpenApi;
using Streams.IngestApi.Resources;

namespace Streams.IngestApi.Orders;

/// <summary><c>/v1/orders</c>, and the orders of a customer; one order and those lists are read through the cache.</summary>
internal static class OrderEndpoints
{
    private const string CustomerList = "customer-orders";

    private static readonly string Summary = $"""
        json_build_object('id', t.id, 'version', t.version, 'status', t.status, 'total', t.total,
          {ResourceTable.Instant("created_at")}, {ResourceTable.Instant("updated_at")})
        """;

    /// <summary>No row if there is no such customer.</summary>
    private static readonly string CustomerListSql = $"""
        WITH {PageSql.Rows(Summary, "public.orders", ["id"], "t.customer_id = @id::bigint")}
        SELECT json_build_object({PageSql.Members(CustomerList, ["id"])})::text FROM public.customer c WHERE c.id = @id::bigint
        """;

    public static void MapOrders(this IEndpointRouteBuilder routes)
    {
        var (reads, rules) = (routes.ServiceProvider.GetRequiredService<Reads>(), routes.ServiceProvider.GetRequiredService<ReadRules>());
        routes.MapResource(new OrderResource(), "order", (context, key) =>
            reads.ThroughCacheAsync(context, rules.Order(key.Values[0]), () => ApiErrors.NotFound.With($"orders/{key} is not there.")));
        routes.MapGet("/v1/customers/{id:long:min(1)}/orders", (long id, HttpContext context) =>
            {
                var page = PageRequest.Parse(context.Request, CustomerList, 1);
                return reads.ThroughCacheAsync(
                    context, rules.OrdersOf(id, page, CustomerListSql), () => ApiErrors.NotFound.With($"customers/{id} is not there."), page);
            })
            .WithSummary("List the orders of a customer").Produces<Page<OrderSummary>>()
            .WithMetadata(new OperationNotes { Paged = true, Cached = true });
    }
}
