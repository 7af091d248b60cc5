namespace Streams.Hosting.Health;

/// <summary>One dependency or state that a service must have before it can do its work.</summary>
public interface IReadinessCheck
{
    /// <summary>Short name in the answer of <c>/readyz</c>.</summary>
    string Name { get; }

    /// <summary>Whether the service can do nothing without it. One that it can do without is reported, and the status is "degraded".</summary>
    bool Required => true;

    /// <summary>Null when ready, else the reason in one sentence. Must answer within a second or observe the token.</summary>
    Task<string?> CheckAsync(CancellationToken cancellationToken);
}
