using Streams.Hosting.Health;
using Streams.Registry.Log;

namespace Streams.Registry;

/// <summary>Whether the log's server answers; logs that need none are always ready.</summary>
internal sealed class LogReadiness(IRegistryLog log) : IReadinessCheck
{
    public string Name => "log";

    public Task<string?> CheckAsync(CancellationToken cancellationToken) =>
        log is IReadinessCheck check ? check.CheckAsync(cancellationToken) : Task.FromResult<string?>(null);
}
