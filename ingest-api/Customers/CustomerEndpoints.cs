using Streams.IngestApi.Resources;

namespace Streams.IngestApi.Customers;

/// <summary><c>/v1/customers</c>, and the orders of one.</summary>
internal static class CustomerEndpoints
{
    private static readonly ResourceTable Table = new(
        "customers", "public.customer", ["id"], [new("name", "text"), new("email", "text")]);

    public static void MapCustomers(this IEndpointRouteBuilder routes) =>
        routes.MapResource(new Resource<CustomerInput, Customer>(Table), "customer");
}
