using System.ComponentModel.DataAnnotations;
using Streams.IngestApi.Http.Body;

namespace Streams.IngestApi.Inventory;

/// <summary>What clients write of an inventory level.</summary>
public record InventoryInput
{
    /// <summary>Product; part of the key.</summary>
    [RowId]
    public required long ProductId { get; init; }

    /// <summary>Store; part of the key.</summary>
    [RowId]
    public required long StoreId { get; init; }

    /// <summary>Pieces there.</summary>
    [Range(0, int.MaxValue)]
    public required int Quantity { get; init; }
}

/// <summary>How much of a product a store has.</summary>
public sealed record InventoryLevel : InventoryInput
{
    /// <summary>Row version; the ETag in quotes.</summary>
    public required long Version { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last written.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
}
