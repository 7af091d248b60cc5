using Streams.Configuration;
using Streams.Core.Rules;

namespace Streams.Core.Tests.Configuration;

public sealed class StreamsFileTests
{
    private const string Source = "source: { prefix: shop, tables: [public.product, public.orders] }\n";

    [Fact]
    public void Given_the_file_that_ships_When_it_is_loaded_Then_it_has_no_mistake()
    {
        var definition = StreamsFile.Load(Path.Combine(Root(), "streams.yaml"));

        Assert.Equal("shop", definition.Source.Prefix);
        var order = definition.Rule("order");
        Assert.Equal(InvalidationStrategy.Refresh, order.Strategy);
        Assert.Equal(TimeSpan.FromMinutes(5), order.TimeToLive);
        Assert.Equal("order:*", order.Keys[0].Family);
        Assert.Equal("products:category:*:*", definition.Rule("product-lists").Patterns[0].Family);
    }

    public static TheoryData<string, string, int> Mistakes => new()
    {
        { "source: a: b", "STR1002", 1 },
        { "just a text", "STR1004", 1 },
        { Source + "surprise: 1", "STR1003", 2 },
        { Source + "cache: { rules: [ { name: a, table: public.product, keys: [\"p:{id}\"], colour: red } ] }", "STR1003", 2 },
        { "source: { prefix: shop }", "STR1004", 1 },
        { "source: { prefix: \"sh op\", tables: [public.product] }", "STR1004", 1 },
        { "source: { prefix: shop, tables: [product] }", "STR1004", 1 },
        { Source + "aggregates: [ { name: a, table: public.product, measures: { n: median(price) } } ]", "STR1201", 2 },
        { Source + "aggregates: [ { name: a, table: public.product, where: \"price >\", measures: { n: count } } ]", "STR1201", 2 },
        { Source + "aggregates: [ { name: a, table: public.product, measures: { streams_n: count } } ]", "STR1202", 2 },
        { Source + "aggregates: [ { name: A-b, table: public.product, measures: { n: count } } ]", "STR1004", 2 },
        { Source + "aggregates: [ { name: a, table: public.product, window: { type: tumbling, gap: 5m, size: 1m, on: at }, measures: { n: count } } ]", "STR1003", 2 },
        { Source + "aggregates: [ { name: a, table: public.product, window: { type: session, gap: 5m, size: 1m, on: at }, measures: { n: count } } ]", "STR1003", 2 },
        { Source + "aggregates: [ { name: a, table: public.product, window: { type: session, gap: 0s, on: at }, measures: { n: count } } ]", "STR1004", 2 },
        { Source + "aggregates: [ { name: a, table: public.nothing, measures: { n: count } } ]", "STR1009", 2 },
        { Rules("{ name: a, table: public.product, keys: [\"p:{id}\"] }", "{ name: a, table: public.orders, keys: [\"o:{id}\"] }"), "STR1005", 5 },
        { Rules("{ name: a, table: public.product, keys: [\"p:{id\"] }"), "STR1006", 4 },
        { Rules("{ name: a, table: public.product, keys: [\"p:{}\"] }"), "STR1006", 4 },
        { Rules("{ name: a, table: public.product, keys: [\"p}:{id}\"] }"), "STR1006", 4 },
        { Rules("{ name: a, table: public.product, keys: [\"p:{id}:*\"] }"), "STR1006", 4 },
        { Rules("{ name: a, table: public.product, patterns: [\"p:{id}\"] }"), "STR1006", 4 },
        { Rules("{ name: a, table: public.product, keys: [\"p:{id}{sku}\"] }"), "STR1006", 4 },
        { Rules("{ name: a, table: public.product, keys: [\"p:{id}-{sku}\"] }"), "STR1006", 4 },
        { Rules("{ name: a, table: public.product, keys: [\"streams:f:{id}\"] }"), "STR1006", 4 },
        { Rules("{ name: a, table: public.product, keys: [\"p:{id}\"] }", "{ name: b, table: public.orders, keys: [\"{id}:{sku}\"] }"), "STR1007", 5 },
        { Rules("{ name: a, table: public.product, keys: [\"p:{id}\"], strategy: refresh }"), "STR1008", 4 },
        { Rules("{ name: a, table: public.other, keys: [\"p:{id}\"] }"), "STR1009", 4 },
        { Rules("{ name: a, table: public.product }"), "STR1011", 4 },
        { Rules("{ name: a, table: public.product, keys: [\"p:{id}\"], ttl: soon }"), "STR1004", 4 },
        { Rules("{ name: a, table: public.product, keys: [\"p:{id}\"], ttl: 0s }"), "STR1004", 4 },
        { Rules("{ name: a, table: public.product, keys: [\"p:{id}\"], ttl: 31d }"), "STR1004", 4 },
        { Rules("{ name: a, table: public.product, keys: [\"p:{id}\"], strategy: hope }"), "STR1004", 4 },
        { Rules("{ name: a, table: public.product, keys: \"p:{id}\" }"), "STR1004", 4 },
        { Rules("{ name: a, table: public.product, keys: [\"p:{id}\"], when: [price] }"), "STR1004", 4 },
        { Rules("{ name: a, table: public.product, keys: [\"p:{id}\"], when: { column: [price] } }"), "STR1003", 4 },
        { Rules("{ name: a, table: public.product, keys: [\"p:{id}\"], tests: [ { name: t, change: 3 } ] }"), "STR1012", 4 },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Given_a_mistake_When_the_file_is_read_Then_it_has_its_number_line_and_remedy(string yaml, string code, int line)
    {
        var exception = Assert.Throws<RuleMistakesException>(() => StreamsFile.Parse(yaml));

        var mistake = exception.Mistakes.First(found => found.Error.Code == code);
        Assert.Equal(line, mistake.Line);
        Assert.NotEmpty(mistake.Error.Remedy);
        Assert.Contains(code, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_several_mistakes_When_the_file_is_read_Then_all_are_told_in_order_of_their_lines()
    {
        var yaml = Rules(
            "{ name: a, table: public.product, keys: [\"p:{id\"], ttl: soon }",
            "{ name: b, table: public.nowhere, keys: [\"b:{id}\"], strategy: refresh }");

        var mistakes = Assert.Throws<RuleMistakesException>(() => StreamsFile.Parse(yaml)).Mistakes;

        Assert.Equal(["STR1004", "STR1006", "STR1008", "STR1009"], mistakes.Select(mistake => mistake.Error.Code).Where(code => code != "STR1011").Order());
        Assert.Equal(mistakes.Select(mistake => mistake.Line).Order(), mistakes.Select(mistake => mistake.Line));
    }

    [Fact]
    public void Given_no_file_When_it_is_loaded_Then_the_mistake_says_where_the_path_is_set()
    {
        var exception = Assert.Throws<RuleMistakesException>(() => StreamsFile.Load("/nowhere/streams.yaml"));

        Assert.Equal("STR1001", exception.Mistakes.Single().Error.Code);
        Assert.Contains("Streams:File", exception.Message, StringComparison.Ordinal);
    }

    private static string Rules(params string[] rules) =>
        $"{Source}cache:\n  rules:\n{string.Join("", rules.Select(rule => $"    - {rule}\n"))}";

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "streams.yaml")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("streams.yaml is in no folder above the tests.");
    }
}
