using StackExchange.Redis;
using Streams.Core.Errors;

namespace Streams.Cache.Store;

/// <summary>Puts what the Redis client throws into the catalogue.</summary>
public static class RedisFaults
{
    /// <summary>Whether an exception is a fault of Redis or of the way to it.</summary>
    public static bool IsFault(Exception exception) => exception is RedisException or RedisTimeoutException or TimeoutException;

    /// <summary>The catalogue entry for it.</summary>
    public static StreamsException Classify(Exception exception) => exception switch
    {
        StreamsException known => known,
        RedisConnectionException connection when IsLogin(connection) => CacheErrors.Refused.With("The server refuses the login.", exception),
        RedisServerException reply => Reply(reply.Message).With($"{FirstLine(reply.Message)}", exception),
        _ => CacheErrors.Unavailable.With($"{FirstLine(exception.Message)}", exception),
    };

    private static StreamsError Reply(string message) => message.Split(' ', 2)[0] switch
    {
        "NOAUTH" or "WRONGPASS" or "NOPERM" => CacheErrors.Refused,
        "LOADING" or "READONLY" or "MASTERDOWN" or "BUSY" or "OOM" or "MISCONF" or "NOREPLICAS" or "UNKILLABLE" => CacheErrors.NotNow,
        "MOVED" or "ASK" or "CROSSSLOT" or "CLUSTERDOWN" => CacheErrors.Cluster,
        // Scripts wrap replies: "ERR ... READONLY ..." since 7.0 keeps the code first, older text names it inside.
        _ when message.Contains("READONLY", StringComparison.Ordinal) || message.Contains("OOM", StringComparison.Ordinal) => CacheErrors.NotNow,
        _ => CacheErrors.Failed,
    };

    /// <summary>A command that found no connection carries inside why there is none.</summary>
    private static bool IsLogin(Exception? exception) =>
        exception is RedisConnectionException connection
        && (connection.FailureType == ConnectionFailureType.AuthenticationFailure || IsLogin(connection.InnerException));

    private static string FirstLine(string message) => message.Split('\n', 2)[0].TrimEnd();
}
