using Streams.Hosting.Health;

namespace Streams.InvalidationSink.Host.Observing;

/// <summary>Ready: in the group, epoch known, every lane with a frontier.</summary>
internal sealed class LaneReadiness(SinkStatus status) : IReadinessCheck
{
    /// <inheritdoc/>
    public string Name => "lanes";

    /// <inheritdoc/>
    public Task<string?> CheckAsync(CancellationToken cancellationToken)
    {
        var now = status.Snapshot;
        return Task.FromResult(
            now.Epoch is null ? "No epoch is loaded yet"
            : !status.Joined ? "Waiting for the consumer group"
            : now.Lanes.FirstOrDefault(lane => lane.Frontier is null) is { } lane ? $"Lane {lane.Lane} has no frontier: fills are refused, reads bypass the cache"
            : null);
    }
}

/// <summary>Ready: the dependency answered when it was last asked, at most a poll ago.</summary>
internal sealed class DependencyReadiness(Outages outages, Dependency dependency) : IReadinessCheck
{
    /// <inheritdoc/>
    public string Name => dependency.ToString().ToLowerInvariant();

    /// <inheritdoc/>
    public Task<string?> CheckAsync(CancellationToken cancellationToken) => Task.FromResult(outages.Reason(dependency));
}
