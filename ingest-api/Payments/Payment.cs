using System.ComponentModel.DataAnnotations;
using Streams.IngestApi.Http.Body;

namespace Streams.IngestApi.Payments;

/// <summary>What clients write of a payment.</summary>
public record PaymentInput
{
    /// <summary>Order that it pays.</summary>
    [RowId]
    public required long OrderId { get; init; }

    /// <summary>Amount, above zero, at most two decimals.</summary>
    [Money("0.01")]
    public required decimal Amount { get; init; }

    /// <summary>Means of payment.</summary>
    [AllowedValues("card", "transfer", "cash", "voucher")]
    public string Method { get; init; } = "card";

    /// <summary>State.</summary>
    [AllowedValues("authorized", "captured", "failed", "refunded")]
    public string Status { get; init; } = "authorized";
}

/// <summary>A payment of an order.</summary>
public sealed record Payment : PaymentInput
{
    /// <summary>Id.</summary>
    public required long Id { get; init; }

    /// <summary>Row version; the ETag in quotes.</summary>
    public required long Version { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last written.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
}
