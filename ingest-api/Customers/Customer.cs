using System.ComponentModel.DataAnnotations;

namespace Streams.IngestApi.Customers;

/// <summary>What clients write of a customer.</summary>
public record CustomerInput
{
    /// <summary>Name shown to people.</summary>
    [StringLength(200, MinimumLength = 1)]
    public required string Name { get; init; }

    /// <summary>Address of mail; unique.</summary>
    [StringLength(320, MinimumLength = 3)]
    public required string Email { get; init; }
}

/// <summary>A customer.</summary>
public sealed record Customer : CustomerInput
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
