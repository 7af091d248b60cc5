using Streams.Core.Rules;

namespace Streams.Processors.Tests.Aggregates;

/// <summary>What could fail for a row, or differ from SQL, is refused at declaration.</summary>
public sealed class BindingTests
{
    [Theory]
    [InlineData("sum(customer % 0)")]
    [InlineData("sum(customer % (2 - 2))")]
    [InlineData("sum(customer % id)")]
    [InlineData("sum(customer % null)")]
    [InlineData("sum(customer % 2.5)")]
    [InlineData("sum(amount % 2)")]
    public void Given_a_modulo_that_is_not_of_an_integer_by_a_constant_other_than_zero_Then_it_is_refused(string measure)
    {
        var refused = Assert.Throws<RuleMistakesException>(() => Sales.Plan([], null, ("n", measure)));

        Assert.Equal("STR1203", Assert.Single(refused.Mistakes).Error.Code);
    }

    [Fact]
    public void Given_the_least_bigint_by_minus_one_Then_the_rest_is_zero()
    {
        var plan = Sales.Plan([], null, ("n", "sum(id % -1)"));

        Assert.Equal("0", plan.Measures[0].Argument!.Evaluate([Streams.Core.Values.SqlValue.Of(long.MinValue)]).ToString());
        Assert.Equal("int8", plan.Measures[0].ArgumentType.Name);
    }
}
