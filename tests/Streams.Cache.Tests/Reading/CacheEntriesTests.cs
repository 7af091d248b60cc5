using Streams.Cache.Reading;
using Streams.Core.Rules;
using Xunit;

namespace Streams.Cache.Tests.Reading;

public sealed class CacheEntriesTests
{
    private static readonly KeyTemplate Key = KeyTemplate.Parse("product:{id}");
    private static readonly KeyTemplate Pattern = KeyTemplate.Parse("products:category:{category_id}:*");

    private static readonly CacheRule Rule = new(
        "product", 1, "public.product", [Key], [Pattern], InvalidationStrategy.Unlink, TimeSpan.FromMinutes(1), [], null);

    [Fact]
    public void Given_a_key_template_When_filled_Then_the_entry_carries_its_family()
    {
        var entry = CacheEntries.ForKey(Rule, Key, _ => "42");
        Assert.Equal(("product:42", "product:*"), (entry.Key, Assert.Single(entry.Tags)));
    }

    [Fact]
    public void Given_a_pattern_When_filled_Then_the_suffix_takes_the_place_of_the_star_and_both_tags_are_there()
    {
        var entry = CacheEntries.ForPattern(Rule, Pattern, _ => "a*b", "page:2");
        Assert.Equal("products:category:a%2Ab:page:2", entry.Key);
        Assert.Equal(["products:category:a%2Ab:*", "products:category:*:*"], entry.Tags.ToArray());
    }

    [Fact]
    public void Given_a_missing_column_or_a_wildcard_in_the_suffix_When_filled_Then_it_is_refused()
    {
        Assert.Throws<ArgumentException>(() => CacheEntries.ForKey(Rule, Key, _ => null));
        Assert.Throws<ArgumentException>(() => CacheEntries.ForPattern(Rule, Pattern, _ => "7", "*"));
    }
}
