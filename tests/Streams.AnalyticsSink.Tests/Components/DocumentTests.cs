using System.Text.Encodings.Web;
using System.Text.Json;
using Npgsql;
using Streams.AnalyticsSink.Describing;
using Streams.AnalyticsSink.Host.Http.Description;
using Streams.Configuration;
using Streams.Core.Aggregates;
using Streams.Fixtures;
using Streams.Hosting.Options;
using Streams.IngestApi;
using Streams.Postgres;

namespace Streams.AnalyticsSink.Tests.Components;

/// <summary>Documents in docs/reference are what the code says. STREAMS_UPDATE=1 writes them instead.</summary>
[Collection(AnalyticsCollection.Name)]
public sealed class DocumentTests(AnalyticsServers servers)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [RequiresKafkaFact]
    public async Task Given_the_shops_aggregates_Then_asyncapi_yaml_describes_their_topics()
    {
        await using var shop = NpgsqlDataSource.Create(await servers.Postgres.CreateDatabaseAsync(Unique.Name("shop")));
        await StreamsMigrations.ApplyAsync(shop);
        await ShopMigrations.ApplyAsync(shop);
        var definition = StreamsFile.Load(Repository.PathOf("streams.yaml"));
        var plans = AggregateBinder.Bind(definition, await new CatalogReader(shop).ReadAsync("", definition.Source.Tables, CancellationToken.None));

        Same("docs/reference/asyncapi.yaml", AsyncApi.Yaml(new KafkaOptions().BootstrapServers, new RegistryOptions().Url, [.. plans.SelectMany(DocumentEndpoints.Describe)]));
    }

    [RequiresKafkaFact]
    public async Task Given_the_API_Then_openapi_analytics_json_describes_it()
    {
        await using var world = await SinkWorld.NewAsync(servers);
        await using var sink = await world.SinkAsync();

        var served = JsonDocument.Parse(await sink.Client.GetStringAsync("/openapi/v1.json"));

        Assert.StartsWith("3.1", served.RootElement.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        Assert.All(
            served.RootElement.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()),
            operation => Assert.NotEmpty(operation.Value.GetProperty("summary").GetString()!));
        Same("docs/reference/openapi-analytics.json", JsonSerializer.Serialize(served.RootElement, Indented) + "\n");
    }

    private static void Same(string file, string wanted)
    {
        var path = Repository.PathOf(file.Split('/'));
        if (Environment.GetEnvironmentVariable("STREAMS_UPDATE") == "1")
        {
            File.WriteAllText(path, wanted);
        }

        Assert.Equal(File.Exists(path) ? File.ReadAllText(path) : "", wanted);
    }
}
