using Streams.FenceChecker.Tests.Engine;
using Streams.FenceChecker.Tests.History;
using Streams.FenceChecker.Tests.Lane;
using Streams.FenceChecker.Tests.Mutants;
using Streams.FenceChecker.Tests.Peers;
using Streams.FenceChecker.Tests.Tags;
using Streams.FenceChecker.Tests.Tokens;
using Xunit;
using Xunit.Abstractions;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Streams.FenceChecker.Tests;

/// <summary>The exhaustive check of docs/design/0002-fence.md: the protocol as built is safe and live, and no rule of it is idle.</summary>
public sealed class FenceProtocolTests(ITestOutputHelper output)
{
    private static readonly bool Full = Environment.GetEnvironmentVariable("STREAMS_CHECKER") == "full";

    private static readonly Dictionary<string, Scenario> Scenarios = LaneScenarios.All.Concat(TagScenarios.All).Concat(HistoryScenarios.All).Concat(TokenScenarios.All).ToDictionary(one => one.Name);

    private static readonly Dictionary<string, Mutant> Mutants = LaneMutants.All.Concat(TagMutants.All).Concat(HistoryMutants.All).Concat(TokenMutants.All).ToDictionary(one => one.Rule);

    /// <summary>Names of the scenarios to explore.</summary>
    public static TheoryData<string> ScenarioNames => new(Scenarios.Values.Where(one => Full || !one.IsLarge).Select(one => one.Name));

    private static readonly Dictionary<string, Mutant> Redundant = RedundantRules.All.ToDictionary(one => one.Rule);

    /// <summary>Rules that only help.</summary>
    public static TheoryData<string> RedundantOnes => new(Redundant.Keys);

    /// <summary>Rules to remove.</summary>
    public static TheoryData<string> RemovedRules => new(Mutants.Keys);

    [Theory]
    [MemberData(nameof(ScenarioNames))]
    public void Given_the_protocol_as_built_When_every_interleaving_is_explored_Then_it_is_safe_and_live(string name)
    {
        var scenario = Scenarios[name];
        var outcome = scenario.Run();
        output.WriteLine($"| {name} | {scenario.What} | {outcome.States:N0} | {outcome.Elapsed.TotalSeconds:F1} | {outcome.Verdict} |");
        Assert.True(outcome.Verdict == (scenario.IsLive ? Verdict.SafeAndLive : Verdict.Safe), $"{name}, {scenario.What}: {outcome}");
    }

    [Theory]
    [InlineData(Peer.DeleteOnly, false, Verdict.Unsafe)]
    [InlineData(Peer.DoubleDelete, false, Verdict.Unsafe)]
    [InlineData(Peer.Lease, false, Verdict.Unsafe)]
    [InlineData(Peer.LsnStamp, false, Verdict.Unsafe)]
    [InlineData(Peer.DeleteOnly, true, Verdict.Unsafe)]
    [InlineData(Peer.DoubleDelete, true, Verdict.Unsafe)]
    [InlineData(Peer.Lease, true, Verdict.Safe)]
    [InlineData(Peer.LsnStamp, true, Verdict.Unsafe)]
    public void Given_a_peer_in_the_same_environment_When_checked_Then_a_stale_value_survives(Peer peer, bool deletesAfterVisible, Verdict expected)
    {
        var outcome = Explorer<PeerWorld>.Explore(new PeerModel(peer, deletesAfterVisible), false, Scenario.Limit);
        output.WriteLine($"| {peer}{(deletesAfterVisible ? ", deletes after visible" : "")} | {outcome.Verdict} | {outcome.States:N0} | {outcome.OneLine} |");
        Assert.Equal(expected, outcome.Verdict);
    }

    [Theory]
    [MemberData(nameof(RedundantOnes))]
    public void Given_a_redundant_rule_removed_When_checked_Then_all_stays_safe_and_live(string rule)
    {
        var mutant = Redundant[rule];
        var outcome = mutant.Run();
        output.WriteLine($"| {rule} | {mutant.What} | {outcome.Verdict} | {outcome.States:N0} |");
        Assert.True(outcome.Verdict == mutant.Expected, $"{rule}, {mutant.What}: {outcome}");
    }

    [Theory]
    [MemberData(nameof(RemovedRules))]
    public void Given_a_rule_removed_When_checked_Then_a_counterexample_is_found(string rule)
    {
        var mutant = Mutants[rule];
        var outcome = mutant.Run();
        output.WriteLine($"| {rule} | {mutant.What} | {outcome.Verdict} | {outcome.States:N0} | {outcome.OneLine} |");
        Assert.True(outcome.Verdict == mutant.Expected, $"{rule}, {mutant.What}: {outcome}");
    }
}
