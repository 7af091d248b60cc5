using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Streams.Core.Rules;

namespace Streams.Core.Tests.Rules;

public sealed class KeyTemplateTests
{
    [Theory]
    [InlineData("product:{id}", "product:*", false)]
    [InlineData("order:{ order_id }", "order:*", false)]
    [InlineData("products:category:{category_id}:*", "products:category:*:*", true)]
    [InlineData("all", "all", false)]
    [InlineData("{{x}}:{id}", "{x}:*", false)]
    public void Given_a_template_When_it_is_parsed_Then_its_family_replaces_every_column(string text, string family, bool pattern)
    {
        var template = KeyTemplate.Parse(text);

        Assert.Equal(family, template.Family);
        Assert.Equal(pattern, template.IsPattern);
    }

    [Theory]
    [InlineData("7", "k:7")]
    [InlineData("a b", "k:a%20b")]
    [InlineData("a:b", "k:a%3Ab")]
    [InlineData("*", "k:%2A")]
    [InlineData("{x}", "k:%7Bx%7D")]
    [InlineData("50%", "k:50%25")]
    [InlineData("ä", "k:%C3%A4")]
    [InlineData("a.b-c_d~@e+f,g=h", "k:a.b-c_d~@e+f,g=h")]
    [InlineData("", "k:")]
    [InlineData(null, null)]
    public void Given_a_value_When_the_template_is_filled_Then_it_is_percent_encoded(string? value, string? key) =>
        Assert.Equal(key, KeyTemplate.Parse("k:{v}").Fill(_ => value));

    [Fact]
    public void Distinct_rows_give_distinct_keys_Meets_Specification()
    {
        var template = KeyTemplate.Parse("k:{a}:{b}/{c}");
        Prop.ForAll(ArbMap.Default.ArbFor<(string?, string?, string?)>(), ArbMap.Default.ArbFor<(string?, string?, string?)>(), (first, second) =>
        {
            var (one, other) = (Fill(template, first), Fill(template, second));
            return one is null || other is null || one != other || Same(first, second);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Near_rows_give_distinct_keys_Meets_Specification()
    {
        // Few letters, those that could be taken for parts of the template: collisions would be found at once.
        var value = Gen.ListOf(Gen.Elements(':', '/', '%', '3', 'A', '*', 'x')).Select(letters => new string([.. letters]));
        var row = value.SelectMany(a => value.SelectMany(b => value.Select(c => ((string?)a, (string?)b, (string?)c)))).ToArbitrary();
        var template = KeyTemplate.Parse("k:{a}:{b}/{c}");
        Prop.ForAll(row, row, (first, second) => Fill(template, first) != Fill(template, second) || first == second).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void No_value_widens_a_pattern_or_leaves_its_place_Meets_Specification()
    {
        var template = KeyTemplate.Parse("p:{v}:*");
        Prop.ForAll(ArbMap.Default.ArbFor<string?>(), value =>
        {
            var target = template.Fill(_ => value);
            return target is null
                || (target.StartsWith("p:", StringComparison.Ordinal) && target.EndsWith(":*", StringComparison.Ordinal)
                    && target[2..^2].All(c => c == '%' || char.IsAsciiLetterOrDigit(c) || ".-_~@+,=".Contains(c, StringComparison.Ordinal)));
        }).QuickCheckThrowOnFailure();
    }

    private static string? Fill(KeyTemplate template, (string? A, string? B, string? C) row) =>
        template.Fill(name => name switch { "a" => row.A, "b" => row.B, _ => row.C });

    /// <summary>Equal as Postgres can hold them: a lone surrogate is no character there and is replaced in UTF-8.</summary>
    private static bool Same((string? A, string? B, string? C) first, (string? A, string? B, string? C) second) =>
        Utf8(first.A) == Utf8(second.A) && Utf8(first.B) == Utf8(second.B) && Utf8(first.C) == Utf8(second.C);

    private static string Utf8(string? text) => Convert.ToHexString(Encoding.UTF8.GetBytes(text ?? ""));
}
