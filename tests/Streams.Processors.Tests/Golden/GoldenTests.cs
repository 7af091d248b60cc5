using Streams.Core.Rules;
using Streams.Debezium;

namespace Streams.Processors.Tests.Golden;

/// <summary>Records of Debezium's PostgreSQL connector as it wrote them, with the text that Postgres gave for each column at the time.</summary>
public sealed class GoldenTests
{
    [Theory]
    [InlineData("json.json")]
    [InlineData("json-with-schema.json")]
    public void Given_records_of_the_real_connector_When_they_are_decoded_Then_every_column_reads_as_Postgres_casts_it(string file)
    {
        foreach (var golden in GoldenEnvelopes.Read(file))
        {
            var change = AllTypes.Decode(golden.Envelope);

            AllTypes.AssertText(golden.Before, change.Before, golden.Name);
            AllTypes.AssertText(golden.After, change.After, golden.Name);
            Assert.Equal("public.all_types", change.Source.Entity);
            Assert.NotNull(change.Source.TransactionId);
        }
    }

    [Theory]
    [InlineData("json.json")]
    [InlineData("json-with-schema.json")]
    public void Given_records_of_the_real_connector_When_they_are_normalized_Then_targets_are_those_of_both_rows(string file)
    {
        var definition = new StreamsDefinition(
            new SourceDefinition("shop", ["public.all_types"]),
            [new CacheRule("all", 0, "public.all_types", [KeyTemplate.Parse("a:{id}"), KeyTemplate.Parse("b:{big}")], [KeyTemplate.Parse("l:{t}:*")], default, TimeSpan.FromHours(1), [], null)]);
        var normalizer = new Normalizer(definition, new DatabaseCatalog("p", [AllTypes.Description]));
        var shortTexts = new Normalizer(definition with { Rules = [definition.Rules[0] with { Keys = [KeyTemplate.Parse("a:{id}")] }] }, new DatabaseCatalog("p", [AllTypes.Description]));
        var goldens = GoldenEnvelopes.Read(file).ToDictionary(golden => golden.Name, golden => AllTypes.Decode(golden.Envelope));

        Assert.Equal(["a:1", "l:a%3Ab%2A%C3%A4%0A%22:*", "l:b:*"], shortTexts.Normalize(goldens["update with unchanged TOAST"]).Select(draft => draft.Target));
        Assert.Equal(["a:1", "l:b:*"], shortTexts.Normalize(goldens["update to null"]).Select(draft => draft.Target));
        Assert.Equal(["a:2"], normalizer.Normalize(goldens["nulls"]).Select(draft => draft.Target));
        Assert.Equal(["a:2"], normalizer.Normalize(goldens["key change, old"]).Select(draft => draft.Target));
        Assert.Equal(["a:3"], normalizer.Normalize(goldens["key change"]).Select(draft => draft.Target));
        Assert.Equal(["a:*", "b:*", "l:*:*"], normalizer.Normalize(goldens["truncate"]).Select(draft => draft.Target));
        // 9,000 characters make no key: the value is found in the old row, and is then too long.
        Assert.Equal("STR2005", Assert.Throws<Streams.Core.Errors.StreamsException>(() => normalizer.Normalize(goldens["update with unchanged TOAST"])).Error.Code);
    }
}
