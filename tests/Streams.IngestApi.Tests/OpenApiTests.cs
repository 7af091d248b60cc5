using System.Text.Json;
using System.Text.RegularExpressions;

namespace Streams.IngestApi.Tests;

[Collection(ApiCollection.Name)]
public sealed partial class OpenApiTests(ApiFixture fixture)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>STREAMS_UPDATE=1 writes the file instead.</summary>
    [Fact]
    public async Task Given_the_committed_document_When_compared_with_the_served_one_Then_they_are_equal()
    {
        var file = ApiProcess.RepositoryFile("docs/reference/openapi.json");
        var served = JsonSerializer.Serialize(await DocumentAsync(), Indented) + "\n";
        if (Environment.GetEnvironmentVariable("STREAMS_UPDATE") == "1")
        {
            await File.WriteAllTextAsync(file, served);
        }

        Assert.Equal(await File.ReadAllTextAsync(file), served);
    }

    [Fact]
    public async Task Given_the_document_When_linted_Then_every_operation_is_described_and_every_reference_leads_somewhere()
    {
        var document = await DocumentAsync();
        Assert.StartsWith("3.1", document.GetProperty("openapi").GetString()!, StringComparison.Ordinal);
        var ids = new List<string>();
        foreach (var operation in document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()))
        {
            ids.Add(operation.Value.GetProperty("operationId").GetString()!);
            Assert.NotEmpty(operation.Value.GetProperty("summary").GetString()!);
            Assert.All(
                operation.Value.GetProperty("responses").EnumerateObject().Where(response => response.Name[0] is '4' or '5'),
                response => Assert.True(response.Value.GetProperty("content").TryGetProperty("application/problem+json", out _)));
        }

        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.True(ids.Count >= 50, $"{ids.Count} operations");
        Assert.All(Reference().Matches(document.GetRawText()).Select(match => match.Groups[1].Value).Distinct(), name =>
            Assert.True(document.GetProperty("components").GetProperty("schemas").TryGetProperty(name, out _), name));
    }

    [Fact]
    public async Task Given_every_path_of_the_document_When_asked_without_a_body_Then_it_is_routed()
    {
        foreach (var path in (await DocumentAsync()).GetProperty("paths").EnumerateObject())
        {
            foreach (var method in path.Value.EnumerateObject())
            {
                var response = await fixture.Client.SendAsync(new HttpMethod(method.Name.ToUpperInvariant()), Parameter().Replace(path.Name, "9007199254740993"));
                var text = await response.Content.ReadAsStringAsync();
                Assert.DoesNotContain("STR5120", text, StringComparison.Ordinal);
                Assert.DoesNotContain("STR5121", text, StringComparison.Ordinal);
            }
        }
    }

    private async Task<JsonElement> DocumentAsync() => await (await fixture.Client.GetAsync("/openapi/v1.json")).BodyAsync();

    [GeneratedRegex("#/components/schemas/([A-Za-z0-9]+)")]
    private static partial Regex Reference();

    [GeneratedRegex(@"\{[a-z_]+\}")]
    private static partial Regex Parameter();
}
