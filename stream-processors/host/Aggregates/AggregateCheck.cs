using System.Collections.Concurrent;
using Streams.Hosting.Health;

namespace Streams.Processors.Host.Aggregates;

/// <summary>Which aggregates stand still, for <c>/readyz</c>.</summary>
internal sealed class AggregateCheck : IReadinessCheck
{
    private readonly ConcurrentDictionary<string, string> _down = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string Name => "aggregates";

    /// <inheritdoc/>
    public Task<string?> CheckAsync(CancellationToken cancellationToken) =>
        Task.FromResult(_down.IsEmpty ? null : string.Join("; ", _down.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Key}: {one.Value}")));

    public void Down(string aggregate, string reason) => _down[aggregate] = reason;

    public void Up(string aggregate) => _down.TryRemove(aggregate, out _);
}
