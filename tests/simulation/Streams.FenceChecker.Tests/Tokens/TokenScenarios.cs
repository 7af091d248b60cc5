using Streams.FenceChecker.Tests.Rules;

namespace Streams.FenceChecker.Tests.Tokens;

/// <summary>Runs of <see cref="TokenModel"/> with all rules in force.</summary>
public static class TokenScenarios
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Scenario> All =>
    [
        Scenario.Of("W1", "read your writes, 2 transactions, 2 readers", new TokenModel(new ProtocolRules(), 2, 2)),
        Scenario.Of("W2", "read your writes, 3 transactions, 2 readers", new TokenModel(new ProtocolRules(), 3, 2)),
    ];
}
