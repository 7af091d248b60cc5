using Streams.IngestApi.Resources;

namespace Streams.IngestApi.Payments;

/// <summary><c>/v1/payments</c>; a payment also shows in its order.</summary>
internal static class PaymentEndpoints
{
    private static readonly ResourceTable Table = new(
        "payments",
        "public.payment",
        ["id"],
        [new("order_id", "bigint"), new("amount", "numeric"), new("method", "text"), new("status", "text")]);

    public static void MapPayments(this IEndpointRouteBuilder routes) =>
        routes.MapResource(new Resource<PaymentInput, Payment>(Table), "payment");
}
