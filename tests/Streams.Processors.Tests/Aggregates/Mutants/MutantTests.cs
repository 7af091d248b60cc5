using Xunit.Abstractions;

namespace Streams.Processors.Tests.Aggregates.Mutants;

/// <summary>No rule of docs/design/0006-aggregates.md is idle: without it the simulation finds a violation. Prints rule, run, seed and violation.</summary>
public abstract class MutantTests(ITestOutputHelper output)
{
    private protected static TheoryData<string> NamesOf(IEnumerable<Mutant> mutants) => new(mutants.Select(mutant => mutant.Name));

    private protected void MustBeFound(IEnumerable<Mutant> mutants, string name)
    {
        var mutant = mutants.Single(one => one.Name == name);
        var found = First(mutant, mutant.Plan, mutant.IsFilled, mutant.Seeds);
        Assert.True(found is not null, $"{name}: {mutant.Seeds} seeds of {mutant.Runs} do not miss the rule that {mutant.Rule}.");
        output.WriteLine($"| {name} | {mutant.Rule} | {mutant.Runs} | {found.Value.Seed} | {found.Value.Violation.Split('\n')[0]} |");
    }

    private protected static void MustNotBeFound(Mutant? mutant, string plan, bool isFilled, int seeds)
    {
        var found = First(mutant, plan, isFilled, seeds);
        Assert.True(found is null, $"{mutant?.Name ?? "the product as it is"}, {plan}, seed {found?.Seed}: {found?.Violation}");
    }

    private static (int Seed, string Violation)? First(Mutant? mutant, string plan, bool isFilled, int seeds)
    {
        var violationOf = MutantCompiler.Compile(mutant);
        for (var seed = 1; seed <= seeds; seed++)
        {
            if (violationOf(plan, isFilled, seed) is { } violation)
            {
                return (seed, violation);
            }
        }

        return null;
    }
}

/// <summary>Which changes of a row count.</summary>
public sealed class RowMutantTests(ITestOutputHelper output) : MutantTests(output)
{
    public static TheoryData<string> Names => NamesOf(RowMutants.All);

    [Theory]
    [MemberData(nameof(Names))]
    public void Given_a_rule_about_rows_removed_When_simulated_Then_a_violation_is_found(string name) => MustBeFound(RowMutants.All, name);
}

/// <summary>What stage 1 keeps and says.</summary>
public sealed class FirstStageMutantTests(ITestOutputHelper output) : MutantTests(output)
{
    public static TheoryData<string> Names => NamesOf(FirstStageMutants.All);

    [Theory]
    [MemberData(nameof(Names))]
    public void Given_a_rule_of_stage_1_removed_When_simulated_Then_a_violation_is_found(string name) => MustBeFound(FirstStageMutants.All, name);
}

/// <summary>What stage 2 believes and says.</summary>
public sealed class SecondStageMutantTests(ITestOutputHelper output) : MutantTests(output)
{
    public static TheoryData<string> Names => NamesOf(SecondStageMutants.All);

    [Theory]
    [MemberData(nameof(Names))]
    public void Given_a_rule_of_stage_2_removed_When_simulated_Then_a_violation_is_found(string name) => MustBeFound(SecondStageMutants.All, name);
}

/// <summary>How slots become sessions.</summary>
public sealed class SessionMutantTests(ITestOutputHelper output) : MutantTests(output)
{
    public static TheoryData<string> Names => NamesOf(SessionMutants.All);

    [Theory]
    [MemberData(nameof(Names))]
    public void Given_a_rule_of_sessions_removed_When_simulated_Then_a_violation_is_found(string name) => MustBeFound(SessionMutants.All, name);
}

/// <summary>What is found of a mutant is its own: the product, and the product without a rule that only saves work, show nothing in the same runs.</summary>
public sealed class RedundantRuleTests(ITestOutputHelper output) : MutantTests(output)
{
    private static readonly IReadOnlyList<Mutant> Mutants = [.. RowMutants.All, .. FirstStageMutants.All, .. SecondStageMutants.All, .. SessionMutants.All];

    /// <summary>Plans, and whether a snapshot fills the epoch, with the most seeds that a mutant may take.</summary>
    public static TheoryData<string, bool, int> Runs
    {
        get
        {
            var runs = new TheoryData<string, bool, int>();
            foreach (var run in Mutants.GroupBy(mutant => (mutant.Plan, mutant.IsFilled), mutant => mutant.Seeds))
            {
                runs.Add(run.Key.Plan, run.Key.IsFilled, run.Max());
            }

            return runs;
        }
    }

    public static TheoryData<string> Names => NamesOf(RedundantRules.All);

    [Theory]
    [MemberData(nameof(Runs))]
    public void Given_no_rule_removed_When_simulated_in_the_same_way_Then_no_violation_is_found(string plan, bool isFilled, int seeds) =>
        MustNotBeFound(null, plan, isFilled, seeds);

    [Theory]
    [MemberData(nameof(Names))]
    public void Given_a_redundant_rule_removed_When_simulated_Then_no_violation_is_found(string name)
    {
        var rule = RedundantRules.All.Single(one => one.Name == name);
        MustNotBeFound(rule, rule.Plan, rule.IsFilled, rule.Seeds);
    }
}
