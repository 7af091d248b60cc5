namespace Streams.IngestApi.OpenApi;

/// <summary>What an operation has in common with others of its kind; the OpenAPI document describes headers and problems by it.</summary>
internal sealed record OperationNotes
{
    /// <summary>Creates rows: Idempotency-Key, Location, Streams-Commit.</summary>
    public bool Creates { get; init; }

    /// <summary>Changes a row: If-Match, Streams-Commit.</summary>
    public bool Changes { get; init; }

    /// <summary>Reads a row: If-None-Match, ETag.</summary>
    public bool Reads { get; init; }

    /// <summary>Reads through the cache: Streams-Min-Commit, Cache-Status, Age.</summary>
    public bool Cached { get; init; }

    /// <summary>Reads a page: limit, cursor, Link.</summary>
    public bool Paged { get; init; }
}
