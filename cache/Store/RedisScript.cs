using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace Streams.Cache.Store;

/// <summary>A script of the protocol, embedded, known to Redis by its SHA-1.</summary>
internal sealed class RedisScript
{
    private const string Include = "--@include header";
    private readonly string _text;
    private readonly byte[] _hash;

    private RedisScript(string name)
    {
        _text = TextOf(name).Replace(Include, TextOf("header"), StringComparison.Ordinal);
        _hash = SHA1.HashData(Encoding.UTF8.GetBytes(_text));
    }

    public static RedisScript Apply { get; } = new("apply");

    public static RedisScript Audit { get; } = new("audit");

    public static RedisScript Fill { get; } = new("fill");

    public static RedisScript Poll { get; } = new("poll");

    public static RedisScript Publish { get; } = new("publish");

    public static RedisScript Read { get; } = new("read");

    public static RedisScript Reap { get; } = new("reap");

    public static RedisScript ReFloor { get; } = new("refloor");

    public static RedisScript ReFloorLane { get; } = new("refloor-lane");

    public static RedisScript Restore { get; } = new("restore");

    /// <summary>Runs the script on the primary; a Redis that does not know it yet (restarted, flushed, promoted) is given it first.</summary>
    public async Task<RedisResult> RunAsync(IDatabaseAsync database, RedisKey[] keys, RedisValue[] arguments)
    {
        try
        {
            return await database.ScriptEvaluateAsync(_hash, keys, arguments, CommandFlags.DemandMaster);
        }
        catch (RedisServerException exception) when (exception.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            await database.ExecuteAsync("SCRIPT", ["LOAD", _text], CommandFlags.DemandMaster);
            return await database.ScriptEvaluateAsync(_hash, keys, arguments, CommandFlags.DemandMaster);
        }
    }

    private static string TextOf(string name)
    {
        var assembly = typeof(RedisScript).Assembly;
        using var reader = new StreamReader(assembly.GetManifestResourceStream($"Streams.Cache.Scripts.{name}.lua")!, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
