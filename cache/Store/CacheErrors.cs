using Streams.Core.Errors;

namespace Streams.Cache.Store;

/// <summary>Catalogue of what can go wrong with Redis: STR4xxx.</summary>
public static class CacheErrors
{
    /// <summary>No connection, connection lost, or no answer in time.</summary>
    public static StreamsError Unavailable { get; } = new(
        "STR4001", ErrorKind.Transient, "Redis cannot be reached", "Check Streams:Redis:Configuration and that the server is up; it is tried again");

    /// <summary>NOAUTH, WRONGPASS, NOPERM.</summary>
    public static StreamsError Refused { get; } = new(
        "STR4002", ErrorKind.Permanent, "Redis refuses the login or a command", "Check user and password in Streams:Redis:Configuration and the ACL of that user");

    /// <summary>LOADING, READONLY, BUSY, OOM and the like.</summary>
    public static StreamsError NotNow { get; } = new(
        "STR4003", ErrorKind.Transient, "Redis cannot take the command now", "It is tried again; for READONLY point the configuration at the primary, for OOM raise maxmemory");

    /// <summary>Redis Cluster.</summary>
    public static StreamsError Cluster { get; } = new(
        "STR4004", ErrorKind.Permanent, "Redis Cluster is not supported by this version", "Use one Redis primary, with replicas if wanted; the key layout is ready for a cluster, the scripts are not");

    /// <summary>An eviction policy that may evict keys without a TTL.</summary>
    public static StreamsError Evicts { get; } = new(
        "STR4005", ErrorKind.Permanent, "Redis may evict the fence", "CONFIG SET maxmemory-policy noeviction, or one of volatile-*");

    /// <summary>A server older than 7.0.</summary>
    public static StreamsError TooOld { get; } = new(
        "STR4006", ErrorKind.Permanent, "Redis is too old", "Use Redis 7.0 or later: the scripts declare that they may run when memory is full, so that deletes always go through");

    /// <summary>Any other error reply.</summary>
    public static StreamsError Failed { get; } = new(
        "STR4007", ErrorKind.Transient, "Redis answers with an error", "See the detail; if it names a script, the versions of the services differ");
}
