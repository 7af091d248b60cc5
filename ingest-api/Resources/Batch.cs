using System.ComponentModel.DataAnnotations;

namespace Streams.IngestApi.Resources;

/// <summary>Rows to write in one transaction, or the rows that were written.</summary>
public sealed record Batch<T>
{
    /// <summary>At least one.</summary>
    [MinLength(1)]
    public required IReadOnlyList<T> Items { get; init; }
}

/// <summary>One page of a list.</summary>
public sealed record Page<T>
{
    /// <summary>Cursor of the next page; null at the end.</summary>
    public required string? Next { get; init; }

    /// <summary>Rows in order of their key.</summary>
    public required IReadOnlyList<T> Items { get; init; }
}
