using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Streams.Core.Errors;

namespace Streams.InvalidationSink.Host.Observing;

/// <summary>What the sink depends on.</summary>
internal enum Dependency
{
    Redis,
    Postgres,
    Kafka,
    Registry,
    Slot,
}

/// <summary>Which dependencies are down, and since which error; logged once per change. Safe for use by several threads.</summary>
internal sealed class Outages(ILogger logger)
{
    private readonly ConcurrentDictionary<Dependency, StreamsException> _down = new();

    /// <summary>The last fault of any kind, also after it has passed.</summary>
    public StreamsException? Last { get; private set; }

    /// <summary>Why a dependency is down; null if it is not.</summary>
    public string? Reason(Dependency dependency) => _down.TryGetValue(dependency, out var fault) ? fault.Message : null;

    /// <summary>The dependency failed. It is told by the error's number.</summary>
    public Dependency Down(StreamsException fault)
    {
        var dependency = Of(fault);
        Last = fault;
        if (!_down.TryGetValue(dependency, out var known) || known.Error.Code != fault.Error.Code)
        {
            Log.Down(logger, dependency.ToString(), fault.Message);
        }

        _down[dependency] = fault;
        return dependency;
    }

    /// <summary>The dependency answered.</summary>
    public void Up(Dependency dependency)
    {
        if (_down.TryRemove(dependency, out _))
        {
            Log.Up(logger, dependency.ToString());
        }
    }

    private static Dependency Of(StreamsException fault) => fault.Error == SinkErrors.SlotMissing ? Dependency.Slot : fault.Error.Code[3] switch
    {
        '4' => Dependency.Redis,
        '5' => Dependency.Postgres,
        '6' => Dependency.Registry,
        _ => Dependency.Kafka,
    };
}
