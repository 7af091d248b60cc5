using FsCheck;
using FsCheck.Fluent;
using Streams.AnalyticsSink.Reading;

namespace Streams.AnalyticsSink.Tests.Units;

public sealed class ReadingUnitTests
{
    [Fact]
    public void Given_any_key_When_a_cursor_is_printed_and_read_Then_it_is_the_same_and_safe_in_an_address()
    {
        var text = Gen.OneOf(Gen.Constant((string?)null), ArbMap.Default.GeneratorFor<NonNull<string>>().Select(value => (string?)value.Get));
        Prop.ForAll(Arb.From(Gen.ListOf(text, 3)), key =>
        {
            // A lone surrogate is no text that Postgres gives.
            var cursor = new PageCursor(7, [.. key.Select(part => part is null ? null : new string([.. part.Where(c => !char.IsSurrogate(c))]))]);
            var printed = cursor.ToString();
            Assert.Equal(Uri.EscapeDataString(printed), printed);
            Assert.Equal(cursor.Key.AsEnumerable(), PageCursor.Parse(printed, 7, Plans.Sales).Key);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("")]
    [InlineData("!!")]
    [InlineData("bnVsbA")]
    [InlineData("e30")]
    [InlineData("W10")]
    [InlineData("eyJUYWJsZSI6NywiS2V5IjpbImEiXX0")]
    public void Given_a_text_that_is_no_cursor_Then_it_is_refused(string text) =>
        Assert.Throws<FormatException>(() => PageCursor.Parse(text, 7, Plans.Sales));

    [Fact]
    public void Given_a_cursor_of_another_table_Then_it_is_refused() =>
        Assert.Throws<FormatException>(() => PageCursor.Parse(new PageCursor(8, ["a", null, null]).ToString(), 7, Plans.Sales));

    [Fact]
    public void Given_a_filter_and_a_cursor_Then_values_are_parameters_and_NULL_comes_last()
    {
        var filter = RowFilter.Parse(Plans.Sales, new Dictionary<string, string[]> { ["status"] = ["a'b", "c"], ["is_null"] = ["Day"], ["from"] = ["2026-01-01"], ["limit"] = ["3"] });

        var page = RowSql.Page(Plans.Sales, filter, new PageCursor(7, ["2026-01-01T00:00:00Z", "x", null]), 3);

        Assert.Equal(
            """
            FROM analytics."sales" WHERE "status" = ANY ($1::text[]::text[]) AND "Day" IS NULL AND window_start >= $2 AND window_start >= $3::text::timestamptz AND (("window_start" > $3::text::timestamptz OR "window_start" IS NULL) OR "window_start" = $3::text::timestamptz AND ("status" > $4::text::text OR "status" IS NULL)) ORDER BY "window_start", "status", "Day" LIMIT 3
            """,
            page.Sql[page.Sql.IndexOf("FROM", StringComparison.Ordinal)..]);
        Assert.Equal([new[] { "a'b", "c" }, new DateTime(2026, 1, 1), "2026-01-01T00:00:00Z", "x"], page.Parameters.AsEnumerable());
    }

    [Theory]
    [InlineData("color")]
    [InlineData("sales")]
    [InlineData("window_start")]
    [InlineData("group.limit")]
    public void Given_a_parameter_that_is_no_group_Then_it_is_refused(string name) =>
        Assert.Throws<FormatException>(() => RowFilter.Parse(Plans.Sales, new Dictionary<string, string[]> { [name] = ["1"] }));

    [Fact]
    public void Given_no_window_When_filtered_by_time_Then_it_is_refused() =>
        Assert.Throws<FormatException>(() => RowFilter.Parse(Plans.Total, new Dictionary<string, string[]> { ["from"] = ["2026-01-01"] }));

    [Theory]
    [InlineData("csv", "application/json", "csv")]
    [InlineData(null, "text/html,*/*", "json")]
    [InlineData(null, "application/x-ndjson", "jsonl")]
    [InlineData(null, "", "json")]
    [InlineData("parquet", "*/*", null)]
    [InlineData(null, "application/vnd.apache.parquet", null)]
    public void Given_what_a_client_asks_for_Then_the_format_is_that_or_none(string? name, string accept, string? format) =>
        Assert.Equal(format, RowFormat.Choose(name, accept.Split(',', StringSplitOptions.RemoveEmptyEntries))?.Name);

    [Theory]
    [InlineData(5, 0, 0, false)]
    [InlineData(5, 0, 5, false)]
    [InlineData(5, 0, 6, true)]
    [InlineData(5, 6, 6, false)]
    [InlineData(11, 0, 0, true)]
    public void Given_a_follower_Then_he_begins_anew_only_if_he_would_miss_something(long seen, long spared, long forgotten, bool isTooOld) =>
        Assert.Equal(isTooOld, new ChangeFollower(new ChangePosition(1, seen), spared).IsTooOld(new ChangeLimits(1, 10, forgotten)));

    [Theory]
    [InlineData("1.2", true)]
    [InlineData("1", false)]
    [InlineData("1.-2", false)]
    [InlineData("1.2.3", false)]
    [InlineData("a.b", false)]
    public void Given_an_event_id_Then_it_is_read_or_refused(string text, bool isOne) => Assert.Equal(isOne ? text : null, ChangePosition.Parse(text)?.ToString());
}
