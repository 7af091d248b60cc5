using System.ComponentModel.DataAnnotations;
using Streams.IngestApi.Http.Body;

namespace Streams.IngestApi.Products;

/// <summary>What clients write of a product.</summary>
public record ProductInput
{
    /// <summary>Stock keeping unit; unique.</summary>
    [StringLength(64, MinimumLength = 1)]
    public required string Sku { get; init; }

    /// <summary>Name shown to people.</summary>
    [StringLength(200, MinimumLength = 1)]
    public required string Name { get; init; }

    /// <summary>Longer text, if there is one.</summary>
    [StringLength(20_000)]
    public string? Description { get; init; }

    /// <summary>Price, at most two decimals.</summary>
    [Money]
    public required decimal Price { get; init; }

    /// <summary>Category that lists it.</summary>
    [RowId]
    public required long CategoryId { get; init; }
}

/// <summary>A product.</summary>
public sealed record Product : ProductInput
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
