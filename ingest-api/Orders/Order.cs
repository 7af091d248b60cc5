using System.ComponentModel.DataAnnotations;
using Streams.IngestApi.Http.Body;

namespace Streams.IngestApi.Orders;

/// <summary>What clients write of an order.</summary>
public record OrderInput
{
    /// <summary>Who ordered.</summary>
    [RowId]
    public required long CustomerId { get; init; }

    /// <summary>State.</summary>
    [AllowedValues("pending", "paid", "shipped", "delivered", "cancelled", "refunded")]
    public string Status { get; init; } = "pending";

    /// <summary>Lines. Absent in a change: they stay as they are.</summary>
    [MaxLength(500)]
    public IReadOnlyList<OrderItemInput>? Items { get; init; }
}

/// <summary>What clients write of a line.</summary>
public record OrderItemInput
{
    /// <summary>What was ordered.</summary>
    [RowId]
    public required long ProductId { get; init; }

    /// <summary>How many.</summary>
    [Range(1, 1_000_000)]
    public required int Quantity { get; init; }

    /// <summary>Price of one; the product's price now, if absent.</summary>
    [Money]
    public decimal? UnitPrice { get; init; }
}

/// <summary>An order with its items and payments.</summary>
public sealed record Order : OrderInput
{
    /// <summary>Id.</summary>
    public required long Id { get; init; }

    /// <summary>Row version; the ETag in quotes. It also moves with the items and payments.</summary>
    public required long Version { get; init; }

    /// <summary>Sum of the items.</summary>
    public required decimal Total { get; init; }

    /// <summary>Lines in the order they were written.</summary>
    public new required IReadOnlyList<OrderItem> Items { get; init; }

    /// <summary>Payments of the order.</summary>
    public required IReadOnlyList<OrderPayment> Payments { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it, an item or a payment was last written.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>A line of an order.</summary>
public sealed record OrderItem : OrderItemInput
{
    /// <summary>Id.</summary>
    public required long Id { get; init; }
}

/// <summary>A payment as its order shows it.</summary>
/// <param name="Id">Id; the payment itself is at <c>/v1/payments/{id}</c>.</param>
/// <param name="Amount">Amount.</param>
/// <param name="Method">Means of payment.</param>
/// <param name="Status">State.</param>
public sealed record OrderPayment(long Id, decimal Amount, string Method, string Status);
