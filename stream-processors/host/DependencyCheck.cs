using Streams.Hosting.Health;

namespace Streams.Processors.Host;

/// <summary>State of one thing that the processors depend on, as last seen.</summary>
internal sealed class DependencyCheck(string name) : IReadinessCheck
{
    private volatile string? _reason = "Not reached yet";

    public string Name { get; } = name;

    public Task<string?> CheckAsync(CancellationToken cancellationToken) => Task.FromResult(_reason);

    public void Ready() => _reason = null;

    public void NotReady(string reason) => _reason = reason;
}

/// <summary>The dependencies by name.</summary>
internal sealed class Dependencies
{
    public DependencyCheck Postgres { get; } = new("postgres");

    public DependencyCheck Kafka { get; } = new("kafka");

    public DependencyCheck Registry { get; } = new("registry");
}
