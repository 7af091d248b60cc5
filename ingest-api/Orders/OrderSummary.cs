namespace Streams.IngestApi.Orders;

/// <summary>An order in the list of its customer: without items and payments.</summary>
/// <param name="Id">Id; the whole order is at <c>/v1/orders/{id}</c>.</param>
/// <param name="Version">Row version.</param>
/// <param name="Status">State.</param>
/// <param name="Total">Sum of the items.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="UpdatedAt">When it, an item or a payment was last written.</param>
public sealed record OrderSummary(long Id, long Version, string Status, decimal Total, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);
