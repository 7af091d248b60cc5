using System.ComponentModel.DataAnnotations;

namespace Streams.IngestApi.Categories;

/// <summary>What clients write of a category.</summary>
public record CategoryInput
{
    /// <summary>Name shown to people.</summary>
    [StringLength(200, MinimumLength = 1)]
    public required string Name { get; init; }
}

/// <summary>A category of products.</summary>
public sealed record Category : CategoryInput
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
