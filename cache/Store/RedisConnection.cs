using StackExchange.Redis;

namespace Streams.Cache.Store;

/// <summary>Connections as the protocol wants them.</summary>
public static class RedisConnection
{
    /// <summary>
    /// Connects, or keeps trying in the background when the server is down. Commands fail at once while there is no connection: a reader has
    /// the database to go to, and a sink retries on its own terms.
    /// </summary>
    /// <param name="configuration">StackExchange.Redis configuration string; what it sets wins.</param>
    public static async Task<IConnectionMultiplexer> OpenAsync(string configuration)
    {
        var options = ConfigurationOptions.Parse(configuration);
        options.AbortOnConnectFail = false;
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.ClientName ??= "streams";
        return await ConnectionMultiplexer.ConnectAsync(options);
    }
}
