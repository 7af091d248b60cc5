using System.Collections.Immutable;

namespace Streams.Cache.Reading;

/// <summary>What is cached, where, and what it depends on.</summary>
/// <param name="Key">Key in Redis.</param>
/// <param name="Tags">Every tag that can invalidate the value, its family's among them.</param>
/// <param name="TimeToLive">Backstop before jitter.</param>
public sealed record CacheEntry(string Key, ImmutableArray<string> Tags, TimeSpan TimeToLive);

/// <summary>How the value is read from the primary.</summary>
/// <param name="Sql">One SELECT that gives at most one row of one column (text, json, jsonb or bytea). It must not write.</param>
/// <param name="Parameters">Values of its <c>@name</c>s.</param>
public sealed record CacheQuery(string Sql, ImmutableArray<(string Name, object Value)> Parameters);

/// <summary>Where an answer came from.</summary>
public enum CacheOutcome
{
    /// <summary>From Redis.</summary>
    Hit,

    /// <summary>From the primary; Redis had nothing that could be served.</summary>
    Miss,

    /// <summary>From the primary; Redis could not be used, or its value does not contain the caller's own write.</summary>
    Bypass,
}

/// <summary>An answer.</summary>
/// <param name="Payload">Null: the row does not exist.</param>
/// <param name="Outcome">Where it came from.</param>
/// <param name="Stored">Whether it was stored by this read.</param>
/// <param name="Age">Of a hit: time since it was filled.</param>
/// <param name="TimeToLive">Remaining (hit) or given (stored).</param>
/// <param name="Detail">Why it was no hit, or why it was not stored; for headers and logs.</param>
public sealed record CachedRead(
    ReadOnlyMemory<byte>? Payload, CacheOutcome Outcome, bool Stored, TimeSpan? Age, TimeSpan? TimeToLive, string Detail);

/// <summary>Cache-aside reads that can never leave a stale survivor behind.</summary>
public interface IFencedCache
{
    /// <summary>From Redis if the fence allows it, else from the primary, storing what was read if the fence allows that. Faults of Redis never surface.</summary>
    /// <param name="entry">What is cached.</param>
    /// <param name="query">How to read it.</param>
    /// <param name="mustInclude">Commits that the answer must contain (read your writes).</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <exception cref="Core.Errors.StreamsException">STR50xx: the primary was needed and failed.</exception>
    Task<CachedRead> ReadAsync(CacheEntry entry, CacheQuery query, CommitToken? mustInclude, CancellationToken cancellationToken);

    /// <summary>Reads from the primary and stores, whatever is stored now. False: the fence or a fault of Redis refused it; nothing is wrong then.</summary>
    Task<bool> RefreshAsync(CacheEntry entry, CacheQuery query, CancellationToken cancellationToken);
}
