using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Streams.Core.Errors;

namespace Streams.AnalyticsSink.Host.Observing;

/// <summary>What the sink depends on.</summary>
internal enum Dependency
{
    Postgres,
    Kafka,
    Registry,
}

/// <summary>Which dependencies are down, and since which error; logged once per change. Safe for use by several threads.</summary>
internal sealed class Outages(ILogger<Outages> logger)
{
    private readonly ConcurrentDictionary<Dependency, StreamsException> _down = new();

    /// <summary>Why a dependency is down; null if it is not.</summary>
    public string? Reason(Dependency dependency) => _down.TryGetValue(dependency, out var fault) ? fault.Message : null;

    /// <summary>A dependency failed; the error's number tells which.</summary>
    public void Down(StreamsException fault)
    {
        var dependency = Of(fault);
        if (!_down.TryGetValue(dependency, out var known) || known.Error.Code != fault.Error.Code)
        {
            Log.Down(logger, dependency.ToString(), fault.Message);
        }

        _down[dependency] = fault;
    }

    /// <summary>The dependency answered.</summary>
    public void Up(Dependency dependency)
    {
        if (_down.TryRemove(dependency, out _))
        {
            Log.Up(logger, dependency.ToString());
        }
    }

    private static Dependency Of(StreamsException fault) => fault.Error.Code[3] switch
    {
        '5' => Dependency.Postgres,
        '6' => Dependency.Registry,
        _ => Dependency.Kafka,
    };
}
