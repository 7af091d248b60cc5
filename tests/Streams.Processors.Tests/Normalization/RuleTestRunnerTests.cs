using Streams.Configuration;

namespace Streams.Processors.Tests.Normalization;

public sealed class RuleTestRunnerTests
{
    [Fact]
    public void Given_tests_beside_a_rule_When_they_run_Then_each_tells_what_is_missing_and_what_is_unexpected()
    {
        var definition = StreamsFile.Parse("""
            source: { prefix: shop, tables: [public.product] }
            cache:
              rules:
                - name: product
                  table: public.product
                  keys: ["product:{id}"]
                  patterns: ["products:{category}:*"]
                  when: { columns: [price] }
                  tests:
                    - { name: price, op: u, before: { id: 7, price: 1, category: a }, after: { id: 7, price: 2, category: b }, expect: ["product:7", "products:a:*", "products:b:*"] }
                    - { name: nothing, op: u, before: { id: 7, price: 1, category: a }, after: { id: 7, price: 1, category: b }, expect: [] }
                    - { name: nulls, op: c, after: { id: 7, price: 1, category: ~ }, expect: ["product:7"] }
                    - { name: all, op: t, expect: ["product:*", "products:*:*"] }
                    - { name: wrong, op: d, before: { id: 8, price: 1, category: c }, expect: ["product:9", "products:c:*"] }
                    - { name: poison, op: c, after: { id: 7 }, expect: ["product:7"] }
            """);

        var results = RuleTestRunner.Run(definition);

        Assert.Equal(["price", "nothing", "nulls", "all"], results.Where(result => result.Passed).Select(result => result.Test.Name));
        var wrong = results.Single(result => result.Test.Name == "wrong");
        Assert.Equal("product:9", Assert.Single(wrong.Missing));
        Assert.Equal("product:8", Assert.Single(wrong.Unexpected));
        Assert.Contains("STR2003", results.Single(result => result.Test.Name == "poison").Error, StringComparison.Ordinal);
    }
}
