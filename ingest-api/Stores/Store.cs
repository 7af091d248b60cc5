using System.ComponentModel.DataAnnotations;

namespace Streams.IngestApi.Stores;

/// <summary>What clients write of a store.</summary>
public record StoreInput
{
    /// <summary>Name shown to people.</summary>
    [StringLength(200, MinimumLength = 1)]
    public required string Name { get; init; }

    /// <summary>City, if it has one.</summary>
    [StringLength(200)]
    public string? City { get; init; }
}

/// <summary>A store with an inventory.</summary>
public sealed record Store : StoreInput
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
