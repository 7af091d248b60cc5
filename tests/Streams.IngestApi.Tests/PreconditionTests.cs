using System.Net;

namespace Streams.IngestApi.Tests;

/// <summary>Journey 6: a stale or absent If-Match.</summary>
[Collection(ApiCollection.Name)]
public sealed class PreconditionTests(ApiFixture fixture)
{
    public static TheoryData<string, string?> Changes => new()
    {
        { "PUT", """{"name":"other"}""" },
        { "PATCH", """{"name":"other"}""" },
        { "DELETE", null },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Given_a_stale_tag_When_changed_Then_412_names_the_current_one(string method, string? body)
    {
        var path = $"/v1/categories/{await new Shop(fixture.Client).CategoryAsync()}";
        var stale = (await fixture.Client.GetAsync(path)).Header("ETag");
        var current = (await fixture.Client.SendAsync(HttpMethod.Put, path, """{"name":"newer"}""", ("If-Match", stale))).Header("ETag");
        var refused = await fixture.Client.SendAsync(new HttpMethod(method), path, body, ("If-Match", stale));
        var problem = await refused.ExpectProblemAsync(412, "STR5123");
        Assert.Equal(current, refused.Header("ETag"));
        Assert.Contains(current, problem.GetProperty("detail").GetString()!, StringComparison.Ordinal);
        Assert.Equal("newer", (await (await fixture.Client.GetAsync(path)).BodyAsync()).GetProperty("name").GetString());
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Given_no_tag_When_changed_Then_428(string method, string? body)
    {
        var path = $"/v1/categories/{await new Shop(fixture.Client).CategoryAsync()}";
        await (await fixture.Client.SendAsync(new HttpMethod(method), path, body)).ExpectProblemAsync(428, "STR5122");
    }

    [Theory]
    [InlineData("7")]
    [InlineData("\"7")]
    [InlineData("latest")]
    public async Task Given_a_malformed_tag_When_changed_Then_400(string tag)
    {
        var path = $"/v1/categories/{await new Shop(fixture.Client).CategoryAsync()}";
        await (await fixture.Client.SendAsync(HttpMethod.Delete, path, null, ("If-Match", tag))).ExpectProblemAsync(400, "STR5124");
    }

    [Fact]
    public async Task Given_a_list_with_the_current_tag_or_a_star_When_changed_Then_it_is_done_and_a_weak_tag_never_matches()
    {
        var path = $"/v1/categories/{await new Shop(fixture.Client).CategoryAsync()}";
        var tag = (await fixture.Client.GetAsync(path)).Header("ETag");
        await (await fixture.Client.SendAsync(HttpMethod.Put, path, """{"name":"a"}""", ("If-Match", $"W/{tag}"))).ExpectProblemAsync(412, "STR5123");
        await (await fixture.Client.SendAsync(HttpMethod.Put, path, """{"name":"a"}""", ("If-Match", $"\"0\", {tag}"))).ExpectAsync(HttpStatusCode.OK);
        await (await fixture.Client.SendAsync(HttpMethod.Put, path, """{"name":"b"}""", ("If-Match", "*"))).ExpectAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Given_ten_writers_with_one_tag_When_they_race_Then_one_wins()
    {
        var path = $"/v1/categories/{await new Shop(fixture.Client).CategoryAsync()}";
        var tag = (await fixture.Client.GetAsync(path)).Header("ETag");
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i =>
            fixture.Client.SendAsync(HttpMethod.Put, path, $$"""{"name":"writer {{i}}"}""", ("If-Match", tag))));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Equal(9, answers.Count(answer => answer.StatusCode == HttpStatusCode.PreconditionFailed));
    }
}
