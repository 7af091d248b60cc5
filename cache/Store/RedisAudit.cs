using StackExchange.Redis;
using Streams.Core.Errors;

namespace Streams.Cache.Store;

/// <summary>Start-up audit: may this Redis hold a fence?</summary>
public static class RedisAudit
{
    /// <summary>Checks version, mode, role and eviction policy.</summary>
    /// <exception cref="StreamsException">STR4003 (a replica), STR4004, STR4005, STR4006, or a connection fault.</exception>
    public static async Task CheckAsync(IDatabaseAsync database, CancellationToken cancellationToken)
    {
        try
        {
            var info = await database.ExecuteAsync("INFO", ["everything"], CommandFlags.DemandMaster).WaitAsync(cancellationToken);
            if (Judge(Parse((string)info!)) is { } mistake)
            {
                throw mistake;
            }
        }
        catch (Exception exception) when (RedisFaults.IsFault(exception))
        {
            throw RedisFaults.Classify(exception);
        }
    }

    /// <summary>The same, pure: what is wrong with a server that says this of itself, or null.</summary>
    internal static StreamsException? Judge(IReadOnlyDictionary<string, string> info)
    {
        var version = Version.TryParse(info.GetValueOrDefault("redis_version"), out var parsed) ? parsed : new Version(0, 0);
        var policy = info.GetValueOrDefault("maxmemory_policy", "noeviction");
        return info.GetValueOrDefault("redis_mode") == "cluster" ? CacheErrors.Cluster.With("redis_mode is cluster.")
            : version < new Version(7, 0) ? CacheErrors.TooOld.With($"It is {version}.")
            : info.GetValueOrDefault("role", "master") != "master" ? CacheErrors.NotNow.With("It is a replica.")
            : policy != "noeviction" && !policy.StartsWith("volatile-", StringComparison.Ordinal) ? CacheErrors.Evicts.With($"maxmemory-policy is {policy}.")
            : null;
    }

    private static Dictionary<string, string> Parse(string info) => info.Split('\n')
        .Select(line => line.TrimEnd('\r').Split(':', 2))
        .Where(pair => pair.Length == 2)
        .GroupBy(pair => pair[0])
        .ToDictionary(group => group.Key, group => group.First()[1]);
}
