using Streams.Configuration;
using Streams.Core.Rules;

namespace Streams.Core.Tests.Rules;

public sealed class RuleAuditTests
{
    private static readonly TableDescription Sound = new(
        "public.product",
        [new ColumnDescription("id", "int8", null), new ColumnDescription("name", "text", null), new ColumnDescription("data", "jsonb", null)],
        ["id"], DeferrablePrimaryKey: false, FullReplicaIdentity: true, Published: true);

    public static TheoryData<string, string, string?> Mistakes => new()
    {
        { "missing", "STR1101", null },
        { "no key", "STR1104", "ALTER TABLE public.product ADD PRIMARY KEY (…);" },
        { "deferrable", "STR1107", null },
        { "unpublished", "STR1105", "ALTER PUBLICATION streams_publication ADD TABLE public.product;" },
        { "key only", "STR1103", "ALTER TABLE public.product REPLICA IDENTITY FULL;" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Given_a_catalogue_that_would_lose_invalidations_When_rules_are_checked_Then_it_is_a_mistake_with_the_SQL(string state, string code, string? sql)
    {
        var table = state switch
        {
            "no key" => Sound with { PrimaryKey = [] },
            "deferrable" => Sound with { DeferrablePrimaryKey = true },
            "unpublished" => Sound with { Published = false },
            "key only" => Sound with { FullReplicaIdentity = false },
            _ => Sound,
        };
        var catalog = new DatabaseCatalog("streams_publication", state == "missing" ? [] : [table]);

        var mistake = RuleAudit.Check(Definition("\"p:{name}\""), catalog).First(found => found.Error.Code == code);

        Assert.Equal(sql, mistake.Sql);
    }

    [Theory]
    [InlineData("\"p:{nam}\"", "", "STR1102")]
    [InlineData("\"p:{data}\"", "", "STR1106")]
    [InlineData("\"p:{id}\"", ", when: { columns: [nam] }", "STR1102")]
    public void Given_a_rule_that_does_not_fit_the_table_When_it_is_checked_Then_it_is_a_mistake_with_its_line(string key, string more, string code)
    {
        var mistake = Assert.Single(RuleAudit.Check(Definition(key, more), new DatabaseCatalog("streams_publication", [Sound])));

        Assert.Equal(code, mistake.Error.Code);
        Assert.Equal(2, mistake.Line);
    }

    [Fact]
    public void Given_a_key_of_the_primary_key_When_the_replica_identity_is_the_default_Then_it_is_no_mistake() =>
        Assert.Empty(RuleAudit.Check(Definition("\"p:{id}\""), new DatabaseCatalog("streams_publication", [Sound with { FullReplicaIdentity = false }])));

    private static StreamsDefinition Definition(string key, string more = "") => StreamsFile.Parse(
        $"source: {{ prefix: shop, tables: [public.product] }}\ncache: {{ rules: [ {{ name: product, table: public.product, keys: [{key}]{more} }} ] }}");
}
