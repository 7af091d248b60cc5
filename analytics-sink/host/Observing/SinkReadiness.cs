using Streams.Hosting.Health;

namespace Streams.AnalyticsSink.Host.Observing;

/// <summary>
/// Ready: the dependency answered when it was last asked. Only Postgres is required: without Kafka or the registry the API still answers, and
/// <c>as_of</c> says how old the answer is.
/// </summary>
internal sealed class DependencyReadiness(Outages outages, Dependency dependency) : IReadinessCheck
{
    /// <inheritdoc/>
    public string Name => dependency.ToString().ToLowerInvariant();

    /// <inheritdoc/>
    public bool Required => dependency == Dependency.Postgres;

    /// <inheritdoc/>
    public Task<string?> CheckAsync(CancellationToken cancellationToken) => Task.FromResult(outages.Reason(dependency));
}

/// <summary>Ready: tables are there.</summary>
internal sealed class TablesReadiness(SinkStatus status) : IReadinessCheck
{
    /// <inheritdoc/>
    public string Name => "tables";

    /// <inheritdoc/>
    public Task<string?> CheckAsync(CancellationToken cancellationToken) => Task.FromResult(status.Prepared ? null : "The tables of the aggregates are not prepared yet");
}

/// <summary>Ready: in the consumer group, every assigned partition read from its stored position.</summary>
internal sealed class PartitionsReadiness(SinkStatus status) : IReadinessCheck
{
    /// <inheritdoc/>
    public string Name => "partitions";

    /// <inheritdoc/>
    public bool Required => false;

    /// <inheritdoc/>
    public Task<string?> CheckAsync(CancellationToken cancellationToken) => Task.FromResult(status.Waiting);
}
