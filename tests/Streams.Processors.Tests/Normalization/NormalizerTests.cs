using System.Text;
using Streams.Core.Errors;
using Streams.Core.Rules;
using Streams.Debezium;
using static Streams.Processors.Tests.Normalization.Changes;

namespace Streams.Processors.Tests.Normalization;

public sealed class NormalizerTests
{
    [Fact]
    public void Given_an_insert_When_it_is_normalized_Then_the_targets_of_the_new_row_are_stale() =>
        Assert.Equal(["product:7", "products:category:3:*"], Targets(Envelope("c", null, Row(7, category: 3))));

    [Fact]
    public void Given_a_delete_When_it_is_normalized_Then_the_targets_of_the_old_row_are_stale() =>
        Assert.Equal(["product:7", "products:category:3:*"], Targets(Envelope("d", Row(7, category: 3), null)));

    [Fact]
    public void Given_a_row_that_moves_to_another_category_When_it_is_normalized_Then_old_and_new_list_are_stale_old_first() =>
        Assert.Equal(
            ["product:7", "products:category:3:*", "products:category:4:*"],
            Targets(Envelope("u", Row(7, category: 3), Row(7, category: 4))));

    [Fact]
    public void Given_an_update_of_no_listed_column_When_it_is_normalized_Then_only_rules_without_when_apply() =>
        Assert.Equal(["products:category:1:*"], Targets(Envelope("u", Row(7, popularity: 1), Row(7, popularity: 2))));

    [Fact]
    public void Given_an_update_without_the_old_row_When_it_is_normalized_Then_it_counts() =>
        Assert.Contains("product:7", Targets(Envelope("u", null, Row(7, popularity: 2))));

    [Fact]
    public void Given_a_key_only_old_row_When_it_is_normalized_Then_nulls_that_the_identity_left_out_are_not_compared()
    {
        var keyOnly = new Normalizer(Definition, new DatabaseCatalog("p", [Product with { FullReplicaIdentity = false }, Orders]));
        var envelope = Envelope(
            "u", """{"id":7,"name":null,"price":null,"category_id":null,"popularity":null}""", """{"id":7,"name":null,"price":null,"category_id":null,"popularity":1}""");

        Assert.Contains("product:7", Targets(envelope, keyOnly));
    }

    [Fact]
    public void Given_an_unchanged_TOAST_value_When_when_columns_are_compared_Then_it_is_unchanged() =>
        Assert.DoesNotContain("product:7", Targets(Envelope("u", Row(7, name: "long"), Row(7, name: IRowImage.Placeholder, popularity: 2))));

    [Fact]
    public void Given_a_null_in_a_template_column_When_it_is_normalized_Then_that_template_gives_nothing() =>
        Assert.Equal(["product:7"], Targets(Envelope("c", null, """{"id":7,"name":"x","price":"ZA==","category_id":null,"popularity":0}""")));

    [Fact]
    public void Given_a_truncate_When_it_is_normalized_Then_the_family_of_every_template_is_stale()
    {
        var change = JsonEnvelope.Decode(Encoding.UTF8.GetBytes(Envelope("t", null, null, "orders")));

        var drafts = Changes.Normalizer.Normalize(change);

        Assert.Equal(["order:*", "customer:*:orders:*"], drafts.Select(draft => draft.Target));
        Assert.All(drafts, draft => Assert.True(draft is { IsTag: true, Strategy: InvalidationStrategy.Unlink }));
        Assert.All(drafts, draft => Assert.Equal(1u, draft.Source.TransactionId));
    }

    [Fact]
    public void Given_a_rule_with_refresh_When_it_is_normalized_Then_keys_are_refreshed_and_tags_unlinked()
    {
        var change = JsonEnvelope.Decode(Encoding.UTF8.GetBytes(Envelope("u", """{"id":1,"customer_id":2}""", """{"id":1,"customer_id":2}""", "orders")));

        var drafts = Changes.Normalizer.Normalize(change);

        Assert.Equal([InvalidationStrategy.Refresh, InvalidationStrategy.Unlink], drafts.Select(draft => draft.Strategy));
        Assert.Equal("1", drafts[0].Parameters["id"]);
        Assert.Equal("1", drafts[0].PrimaryKey["id"]);
    }

    [Theory]
    [InlineData("{\"id\":7,\"name\":\"x\"}", "STR2003")]
    [InlineData("{\"id\":\"__debezium_unavailable_value\",\"category_id\":1}", "STR2003")]
    [InlineData("{\"id\":7.5,\"category_id\":1}", "STR2004")]
    [InlineData("{\"id\":[1],\"category_id\":1}", "STR2004")]
    public void Given_a_template_column_without_a_usable_value_When_it_is_normalized_Then_the_record_is_poison(string after, string code)
    {
        var exception = Assert.Throws<StreamsException>(() => Targets(Envelope("c", null, after)));

        Assert.Equal(code, exception.Error.Code);
        Assert.Equal(ErrorKind.Poison, exception.Error.Kind);
    }

    [Fact]
    public void Given_a_table_without_rules_or_a_message_When_it_is_normalized_Then_nothing_is_stale()
    {
        Assert.Empty(Targets(Envelope("c", null, """{"id":1}""", "other")));
        Assert.Empty(Targets(Envelope("m", null, null)));
    }

    [Fact]
    public void Given_the_heartbeat_row_When_it_is_normalized_Then_its_key_is_stale()
    {
        var definition = Definition.WithHeartbeat();
        var heartbeat = new TableDescription(HeartbeatRule.Table, [new("id", "text", null), new("ts", "timestamptz", null)], ["id"], false, false, true);
        var normalizer = new Normalizer(definition, Catalog with { Tables = Catalog.Tables.Add(heartbeat) });
        var envelope = Envelope("u", null, """{"id":"debezium","ts":"2026-01-01T00:00:00Z"}""", "heartbeat").Replace("\"public\"", "\"streams\"", StringComparison.Ordinal);

        Assert.Equal(["streams:heartbeat:debezium"], Targets(envelope, normalizer));
    }

    [Fact]
    public void Given_a_target_over_the_limit_When_it_is_normalized_Then_the_record_is_poison()
    {
        var definition = Streams.Configuration.StreamsFile.Parse(
            "source: { prefix: shop, tables: [public.product] }\ncache: { rules: [ { name: n, table: public.product, keys: [\"n:{name}\"] } ] }");

        var exception = Assert.Throws<StreamsException>(
            () => Targets(Envelope("c", null, Row(1, name: new string('x', 1100))), new Normalizer(definition, Catalog)));

        Assert.Equal("STR2005", exception.Error.Code);
    }
}
